package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The answers of the native API.
///
/// ```json
/// {"accepted":2,"duplicates":1,"rejected":[{"index":3,"code":"missing_event_type","reason":"…"}],
///  "durability":"disk","position":{"partition":0,"offset":123}}
/// {"error":{"code":"throttled","message":"…"}}
/// ```
///
/// `conflicts`, the indexes of events whose id came before with another payload, and `position`,
/// that of the first event taken, stand only where there are any.
final class Replies {
  private Replies() {}

  static Reply of(Parsed.Events events, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted accepted -> accepted(events, accepted);
      case Outcome.Throttled throttled ->
          comeAgain(
              Code.THROTTLED,
              "over a limit: " + throttled.limit() + "; nothing of the request was kept",
              throttled.retryAfter());
      case Outcome.Unavailable unavailable ->
          comeAgain(unavailable.code(), unavailable.reason(), unavailable.retryAfter());
    };
  }

  static Reply refuse(Code code, String reason) {
    return switch (code.status()) {
      // RFC 9110, section 15.5.2: a 401 names what it wants.
      case 401 -> error(code, reason, Map.of("WWW-Authenticate", "Bearer realm=\"pulsegate\""));
      case 429, 503 -> comeAgain(code, reason, Duration.ZERO);
      default -> error(code, reason, Map.of());
    };
  }

  private static Reply accepted(Parsed.Events events, Outcome.Accepted outcome) {
    int duplicates = outcome.duplicates().size();
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .field("accepted", outcome.accepted())
        .field("duplicates", duplicates)
        .name("rejected")
        .beginArray();
    for (Refusal refusal : events.refusals()) {
      json.beginObject()
          .field("index", refusal.index())
          .field("code", refusal.code().text())
          .field("reason", refusal.reason())
          .endObject();
    }
    json.endArray();
    if (!outcome.conflicts().isEmpty()) {
      json.name("conflicts").beginArray();
      for (int index : requestIndexes(events, outcome.conflicts())) {
        json.value(index);
      }
      json.endArray();
    }
    json.field("durability", outcome.level().text());
    if (outcome.firstOffset() >= 0) {
      json.name("position")
          .beginObject()
          .field("partition", outcome.partition())
          .field("offset", outcome.firstOffset())
          .endObject();
    }
    json.endObject();
    return Reply.json(
        status(outcome.accepted() + duplicates, outcome.level()), Bytes.of(json.toByteArray()));
  }

  private static int status(int taken, Durability level) {
    if (taken == 0) {
      return 422;
    }
    return switch (level) {
      case DISK -> 200;
      case MEMORY -> 202;
    };
  }

  /// Indexes in the request of events that intake counts among those handed to it.
  private static int[] requestIndexes(Parsed.Events events, List<Integer> places) {
    int[] handedOver = new int[events.total() - events.refusals().size()];
    int refused = 0;
    for (int index = 0; index < events.total(); index++) {
      if (refused < events.refusals().size() && events.refusals().get(refused).index() == index) {
        refused++;
      } else {
        handedOver[index - refused] = index;
      }
    }
    return places.stream().mapToInt(place -> handedOver[place]).toArray();
  }

  /// Retry-After counts in whole seconds (RFC 9110, section 10.2.3): rounded up, at least one.
  private static Reply comeAgain(Code code, String reason, Duration retryAfter) {
    long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
    return error(code, reason, Map.of("Retry-After", Long.toString(seconds)));
  }

  private static Reply error(Code code, String reason, Map<String, String> headers) {
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .name("error")
        .beginObject()
        .field("code", code.text())
        .field("message", reason)
        .endObject()
        .endObject();
    return new Reply(code.status(), "application/json", headers, Bytes.of(json.toByteArray()));
  }
}
