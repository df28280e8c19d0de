package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Origins;
import io.pulsegate.ingress.http.Exchange.Answer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// What browsers are told about who may send to an endpoint (the Fetch standard, section 3.2).
///
/// Credentials of the browser are never allowed: a page sends with a public id or with none.
final class Cors {
  private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
  private static final String VARY = "Vary";
  private static final String HEADERS =
      "Content-Type, Content-Encoding, X-Site-Id, X-API-Key, Authorization, " + TraceId.PARENT;
  private static final String READABLE = "Retry-After, X-PulseGate-Durability, " + TraceId.HEADER;

  private final Supplier<Origins> origins;
  private final String methods;

  /// @param origins as they are at the time: they may change
  Cors(Supplier<Origins> origins, Set<String> methods) {
    this.origins = origins;
    this.methods = String.join(", ", methods) + ", OPTIONS";
  }

  /// Whether pages may send here at all.
  boolean isOpen() {
    return !origins.get().isEmpty();
  }

  /// Headers of the reply to a request with or without an `Origin`.
  Map<String, String> headers(Optional<String> origin) {
    if (!isOpen()) {
      return Map.of();
    }
    Map<String, String> headers = allowing(origin);
    if (headers.containsKey(ALLOW_ORIGIN)) {
      headers.put("Access-Control-Expose-Headers", READABLE);
    }
    return headers;
  }

  private Map<String, String> allowing(Optional<String> origin) {
    var headers = new HashMap<String, String>();
    Origins now = origins.get();
    if (now.all()) {
      origin.ifPresent(any -> headers.put(ALLOW_ORIGIN, "*"));
    } else {
      headers.put(VARY, "Origin");
      origin.filter(now::allows).ifPresent(named -> headers.put(ALLOW_ORIGIN, named));
    }
    return headers;
  }

  /// The answer to a browser that asks first.
  Answer preflight(Optional<String> origin) {
    Map<String, String> headers = allowing(origin);
    if (!headers.containsKey(ALLOW_ORIGIN)) {
      return Answers.error(Code.FORBIDDEN, "pages of this origin may not send here", headers);
    }
    headers.put("Access-Control-Allow-Methods", methods);
    headers.put("Access-Control-Allow-Headers", HEADERS);
    headers.put("Access-Control-Max-Age", "600");
    return new Answer(204, "text/plain", headers, Bytes.of(""));
  }
}
