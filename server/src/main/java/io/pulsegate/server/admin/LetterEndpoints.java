package io.pulsegate.server.admin;

import io.pulsegate.core.DeadLetter;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;

/// Dead letters.
public final class LetterEndpoints {
  private static final int LETTERS = 100;
  private static final int LETTERS_MAX = 10_000;

  private final IntFunction<List<DeadLetter>> newestLetters;

  /// @param newestLetters reads so many dead letters
  public LetterEndpoints(IntFunction<List<DeadLetter>> newestLetters) {
    this.newestLetters = newestLetters;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/dead-letters",
            Access.OPERATOR,
            "The newest dead letters.",
            List.of(Field.number("limit", "At most so many. Default: 100.")),
            this::newest));
  }

  private PageReply newest(Call call) {
    int limit = Narrowing.limit(call, LETTERS, LETTERS_MAX);
    var json = new JsonWriter(4096).beginObject().name("dead_letters").beginArray();
    newestLetters.apply(limit).forEach(letter -> write(json, letter));
    return Replies.page(200, json.endArray().endObject());
  }

  private static void write(JsonWriter json, DeadLetter letter) {
    json.beginObject()
        .field("log_id", letter.logId())
        .field("partition", letter.partition())
        .field("offset", letter.offset())
        .field("child", letter.child())
        .field("sink", letter.sink())
        .field("run", letter.run())
        .field("tenant", letter.lane().tenant().value())
        .field("stage", letter.stage())
        .field("component", letter.component())
        .field("code", letter.code())
        .field("reason", letter.reason())
        .field("attempts", letter.attempts())
        .field("first_failure", letter.firstFailure().toString())
        .field("last_failure", letter.lastFailure().toString());
    var event = letter.event();
    json.name("event")
        .beginObject()
        .field("event_id", event.eventId())
        .field("event_type", event.eventType())
        .field("occurred_at", event.occurredAt().toString())
        .field("received_at", event.receivedAt().toString())
        .field("source", event.source().text())
        .field("dialect", event.dialect());
    event.traceId().ifPresent(id -> json.field("trace_id", id));
    event.idempotencyKey().ifPresent(key -> json.field("idempotency_key", key));
    event.partitionKey().ifPresent(key -> json.field("partition_key", key));
    json.name("payload").raw(event.payload().getBytes(StandardCharsets.UTF_8));
    json.endObject().endObject();
  }
}
