package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Writers;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.json.JsonLimits;
import java.time.Duration;
import java.util.List;

/// PulseGate's own wire format. [BodyReader] has the shapes of a body, [EventReader] the fields of
/// an event, [Replies] the answers.
final class NativeDialect implements Dialect {
  static final String NAME = "native";

  private final DialectLimits limits;
  private final JsonLimits jsonLimits;

  NativeDialect(DialectLimits limits) {
    this.limits = limits;
    this.jsonLimits = JsonFaults.limits(limits);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(new Endpoint("POST", "/v1/events"));
  }

  @Override
  public Parsed parse(RequestHead head, Bytes body, Writers out) {
    return parse(head, body, out.own());
  }

  Parsed parse(RequestHead head, Bytes body, EventWriter out) {
    Parsed parsed = read(head, body, out);
    if (parsed instanceof Parsed.Malformed) {
      out.restart(); // events in front of the fault may have been handed over
    }
    return parsed;
  }

  private Parsed read(RequestHead head, Bytes body, EventWriter out) {
    if (head.headerCount(RequestKeys.IDEMPOTENCY_KEY) > 1) {
      return new Parsed.Malformed(
          Code.BAD_REQUEST, RequestKeys.IDEMPOTENCY_KEY + " stands more than once in the request");
    }
    BodyReader reader =
        new BodyReader(body, RequestKeys.of(head), out, limits.eventsMax(), jsonLimits);
    return switch (BodyFormat.of(head)) {
      case DOCUMENT -> reader.readDocument();
      case LINES -> reader.readLines();
      case UNKNOWN -> new Parsed.Malformed(Code.UNSUPPORTED_TYPE, BodyFormat.KNOWN_TYPES);
    };
  }

  @Override
  public Reply refuse(Code code, String reason, Duration retryAfter) {
    return Replies.refuse(code, reason, retryAfter);
  }
}
