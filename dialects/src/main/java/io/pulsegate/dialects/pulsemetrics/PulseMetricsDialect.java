package io.pulsegate.dialects.pulsemetrics;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Durability;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Writers;
import io.pulsegate.dialects.common.Fields;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.dialects.common.MediaTypes;
import io.pulsegate.dialects.common.Refusals;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonScanner;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One object a request: `type`, which is the event's type, and `name`, `value`, `tags`; optionally
/// `id` and `timestamp`. The object as it was sent is the payload.
final class PulseMetricsDialect implements Dialect {
  static final String NAME = "pulsemetrics";

  private static final List<String> NAMES =
      List.of("type", "name", "value", "tags", "id", "timestamp");
  private static final int TYPE = 0;
  private static final int METRIC = 1;
  private static final int VALUE = 2;
  private static final int TAGS = 3;
  private static final int ID = 4;
  private static final int TIME = 5;

  private final JsonLimits limits;

  PulseMetricsDialect(DialectLimits limits) {
    this.limits = JsonFaults.limits(limits);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(new Endpoint("POST", "/ingest"));
  }

  @Override
  public Parsed parse(RequestHead head, Bytes body, Writers out) {
    if (!MediaTypes.isJson(head)) {
      return new Parsed.Malformed(Code.UNSUPPORTED_TYPE, MediaTypes.KNOWN);
    }
    JsonScanner scanner = new JsonScanner(limits);
    Fields fields = new Fields(NAMES);
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.cursor() == body.to()) {
        return new Parsed.Malformed(Code.EMPTY_REQUEST, "the request holds no metric");
      }
      if (scanner.peek() != JsonKind.OBJECT) {
        scanner.skipValue();
        scanner.end();
        return new Parsed.Malformed(Code.EXPECTED_OBJECT, "the body is one metric, an object");
      }
      fields.read(scanner, body.array());
      scanner.end();
    } catch (JsonException e) {
      return JsonFaults.malformed(scanner, e);
    }
    return fault(fields).orElseGet(() -> handOver(fields, body, out));
  }

  private static Optional<Parsed> fault(Fields fields) {
    return fields
        .doubled()
        .or(() -> fields.wrongKind(TYPE, JsonKind.STRING))
        .or(() -> fields.wrongKind(METRIC, JsonKind.STRING))
        .or(() -> fields.wrongKind(VALUE, JsonKind.NUMBER))
        .or(() -> fields.wrongKind(TAGS, JsonKind.OBJECT))
        .or(() -> fields.wrongKind(ID, JsonKind.STRING))
        .map(fault -> new Parsed.Malformed(fault.code(), fault.reason()));
  }

  private static Parsed handOver(Fields fields, Bytes body, Writers out) {
    EventDraft draft = new EventDraft();
    draft.begin(body.array(), fields.start(), fields.end());
    draft.flags(JsonFaults.eventFlags(fields.flags()));
    fields.giveText(TYPE, draft::type);
    fields.giveText(ID, draft::id);
    fields.giveTime(TIME, draft);
    Optional<Refusal> refusal = out.own().add(draft, 0);
    if (refusal.isPresent()) {
      String reason = refusal.get().reason().replace("event_type", "type");
      return new Parsed.Malformed(refusal.get().code(), reason);
    }
    return new Parsed.Events(1, List.of(), (outcome, served) -> reply(outcome));
  }

  private static Reply reply(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted accepted -> {
        Map<String, String> headers = new HashMap<>();
        headers.put("X-PulseGate-Durability", accepted.level().text());
        boolean dropped =
            accepted.level() == Durability.MEMORY
                && accepted.accepted() + accepted.duplicates().size() == 0;
        if (dropped) {
          headers.put("X-PulseGate-Dropped", "1");
        }
        yield new Reply(202, "application/json", headers, Bytes.of(""));
      }
      case Outcome.Denied denied ->
          Refusals.withDetail(denied.code(), denied.reason(), denied.retryAfter());
    };
  }

  @Override
  public Reply refuse(Code code, String reason, Duration retryAfter) {
    return Refusals.withDetail(code, reason, retryAfter);
  }
}
