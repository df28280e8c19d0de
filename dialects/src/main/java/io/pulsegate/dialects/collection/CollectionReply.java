package io.pulsegate.dialects.collection;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.api.Served;
import io.pulsegate.dialects.common.Refusals;
import io.pulsegate.dialects.common.TakenReply;
import io.pulsegate.json.JsonWriter;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// 200 with the number of events that are stored, a batch counting as one; 422 where none is.
/// `rejected` stands only where there are such events; index 0 is the batch itself.
record CollectionReply(int total, List<Refusal> refusals) implements Dialect.Answer {
  CollectionReply {
    refusals = List.copyOf(refusals);
  }

  @Override
  public Reply to(Outcome outcome, Served served) {
    return switch (outcome) {
      case Outcome.Accepted accepted -> reply(served);
      case Outcome.Denied denied ->
          Refusals.withDetail(denied.code(), denied.reason(), denied.retryAfter());
    };
  }

  private Reply reply(Served served) {
    int stored = total - refusals.size();
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .field("status", stored > 0 ? "success" : "error")
        .field("message", stored + " event(s) received and stored")
        .field("events_processed", stored)
        .field("client_id", served.tenant().id().value())
        .field("timestamp", served.now().truncatedTo(ChronoUnit.MILLIS).toString());
    if (!refusals.isEmpty()) {
      TakenReply.rejected(json, refusals);
    }
    json.endObject();
    return Reply.json(stored > 0 ? 200 : 422, Bytes.of(json.toByteArray()));
  }
}
