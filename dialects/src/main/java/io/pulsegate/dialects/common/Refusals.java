package io.pulsegate.dialects.common;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Reply;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;
import java.util.Map;

/// Answers to requests that were turned away as a whole.
public final class Refusals {
  private Refusals() {}

  /// `{"error":{"code","message"},"detail":message}`: the code is stable, and `detail` is where
  /// clients of FastAPI services look.
  public static Reply withDetail(Code code, String reason, Duration retryAfter) {
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .name("error")
        .beginObject()
        .field("code", code.text())
        .field("message", reason)
        .endObject()
        .field("detail", reason)
        .endObject();
    return reply(code, retryAfter, json);
  }

  /// A body with the code's status and the headers that go with it.
  public static Reply reply(Code code, Duration retryAfter, JsonWriter json) {
    Map<String, String> headers =
        switch (code.status()) {
          // RFC 9110, section 15.5.2: a 401 names what it wants.
          case 401 -> Map.of("WWW-Authenticate", "Bearer realm=\"pulsegate\"");
          // Section 10.2.3: whole seconds; rounded up, at least one.
          case 429, 503 ->
              Map.of(
                  "Retry-After",
                  Long.toString(Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds())));
          default -> Map.of();
        };
    return new Reply(code.status(), "application/json", headers, Bytes.of(json.toByteArray()));
  }
}
