package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.dialects.common.HandedOver;
import io.pulsegate.dialects.common.Refusals;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;
import java.util.List;

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

  static Reply of(int total, List<Refusal> refusals, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted accepted -> accepted(total, refusals, accepted);
      case Outcome.Denied denied -> refuse(denied.code(), denied.reason(), denied.retryAfter());
    };
  }

  static Reply refuse(Code code, String reason, Duration retryAfter) {
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .name("error")
        .beginObject()
        .field("code", code.text())
        .field("message", reason)
        .endObject()
        .endObject();
    return Refusals.reply(code, retryAfter, json);
  }

  private static Reply accepted(int total, List<Refusal> refusals, Outcome.Accepted outcome) {
    int duplicates = outcome.duplicates().size();
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .field("accepted", outcome.accepted())
        .field("duplicates", duplicates)
        .name("rejected")
        .beginArray();
    for (Refusal refusal : refusals) {
      json.beginObject()
          .field("index", refusal.index())
          .field("code", refusal.code().text())
          .field("reason", refusal.reason())
          .endObject();
    }
    json.endArray();
    if (!outcome.conflicts().isEmpty()) {
      json.name("conflicts").beginArray();
      for (int index : HandedOver.indexes(total, refusals, outcome.conflicts())) {
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
}
