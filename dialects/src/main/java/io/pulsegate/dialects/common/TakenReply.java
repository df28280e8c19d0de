package io.pulsegate.dialects.common;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.api.Served;
import io.pulsegate.json.JsonWriter;
import java.util.List;

/// 202 with counts, or 422 where no event was taken.
///
/// ```json
/// {"status":"accepted","accepted":1,"duplicates":0,"rejected":[{"index","code","reason"}],"durability":"disk"}
/// ```
public record TakenReply(int total, List<Refusal> refusals) implements Dialect.Answer {
  public TakenReply {
    refusals = List.copyOf(refusals);
  }

  @Override
  public Reply to(Outcome outcome, Served served) {
    return switch (outcome) {
      case Outcome.Accepted accepted -> {
        boolean taken = total > refusals.size();
        JsonWriter json = new JsonWriter(256);
        json.beginObject()
            .field("status", taken ? "accepted" : "rejected")
            .field("accepted", accepted.accepted())
            .field("duplicates", accepted.duplicates().size());
        rejected(json, refusals).field("durability", accepted.level().text()).endObject();
        yield Reply.json(taken ? 202 : 422, Bytes.of(json.toByteArray()));
      }
      case Outcome.Denied denied ->
          Refusals.withDetail(denied.code(), denied.reason(), denied.retryAfter());
    };
  }

  /// Adds the field `rejected`.
  public static JsonWriter rejected(JsonWriter json, List<Refusal> refusals) {
    json.name("rejected").beginArray();
    for (Refusal refusal : refusals) {
      json.beginObject()
          .field("index", refusal.index())
          .field("code", refusal.code().text())
          .field("reason", refusal.reason())
          .endObject();
    }
    return json.endArray();
  }
}
