package io.pulsegate.dialects.eventcollector;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Writers;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.dialects.common.MediaTypes;
import io.pulsegate.dialects.common.Refusals;
import io.pulsegate.json.JsonLimits;
import java.time.Duration;
import java.util.List;

/// The wire format of Event Collector Service S2-14. [BatchReader] has the shapes of a body,
/// [LearningEvent] the schema of an event, [BatchReply] the answer.
final class EventCollectorDialect implements Dialect {
  static final String NAME = "event-collector";

  /// Most events of one request, as its clients expect.
  static final int EVENTS_MAX = 1_000;

  private final int eventsMax;
  private final JsonLimits limits;

  EventCollectorDialect(DialectLimits limits) {
    this.eventsMax = Math.min(EVENTS_MAX, limits.eventsMax());
    this.limits = JsonFaults.limits(limits);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(new Endpoint("POST", "/api/v1/collect"));
  }

  @Override
  public Parsed parse(RequestHead head, Bytes body, Writers out) {
    return MediaTypes.isJson(head)
        ? new BatchReader(body, out, eventsMax, limits).read()
        : new Parsed.Malformed(Code.UNSUPPORTED_TYPE, MediaTypes.KNOWN);
  }

  @Override
  public Reply refuse(Code code, String reason, Duration retryAfter) {
    return Refusals.withDetail(code, reason, retryAfter);
  }
}
