package io.pulsegate.server.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Queryable;
import io.pulsegate.api.Queryable.Answer;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The newest events of one tenant, as they stand in its table. What a reader can choose is a
/// number: no text of a request becomes part of the query.
final class DemoEvents {
  private static final int ROWS_MAX = 50;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /// Longer payloads are shown cut.
  private static final int PAYLOAD_CHARACTERS = 4_000;

  private final Queryable sink;
  private final DemoPlan.Ready plan;

  DemoEvents(Queryable sink, DemoPlan.Ready plan) {
    this.sink = sink;
    this.plan = plan;
  }

  /// @param after log offset; the events behind it, newest first
  /// @param headers of the reply
  PageReply reply(Optional<String> after, Map<String, String> headers) throws InterruptedException {
    long offset;
    try {
      offset = after.isEmpty() ? -1 : Long.parseLong(after.get());
    } catch (NumberFormatException e) {
      return error(400, "after is a log offset", headers);
    }
    return switch (sink.query(sql(offset), ROWS_MAX, TIMEOUT)) {
      case Answer.Table table -> new PageReply(200, "application/json", headers, json(table));
      case Answer.Failed(String reason) -> error(503, reason, headers);
    };
  }

  private String sql(long offset) {
    // The table's name and the tenant's id hold no quotes: their types see to that.
    return """
    SELECT log_offset, event_id, event_type, received_at, dialect,
      left(payload::varchar, %d), length(payload::varchar) > %d
    FROM "%s" WHERE tenant_id = '%s' AND log_offset > %d ORDER BY log_offset DESC LIMIT %d
    """
        .formatted(
            PAYLOAD_CHARACTERS,
            PAYLOAD_CHARACTERS,
            plan.table(),
            plan.tenant().value(),
            offset,
            ROWS_MAX);
  }

  private static Bytes json(Answer.Table table) {
    var json = new JsonWriter().beginObject().name("events").beginArray();
    for (List<Optional<String>> row : table.rows()) {
      json.beginObject()
          .field("offset", Long.parseLong(row.get(0).orElse("0")))
          .field("event_id", row.get(1).orElse(""))
          .field("event_type", row.get(2).orElse(""))
          .field("received_at", row.get(3).orElse(""))
          .field("dialect", row.get(4).orElse(""))
          .field("payload", row.get(5).orElse(""))
          .field("cut", row.get(6).orElse("").equals("true"))
          .endObject();
    }
    return Bytes.of(json.endArray().endObject().newLine().toByteArray());
  }

  private static PageReply error(int status, String reason, Map<String, String> headers) {
    var json = new JsonWriter().beginObject().field("error", reason).endObject().newLine();
    return new PageReply(
        status, "application/json", headers, Bytes.of(json.toString().getBytes(UTF_8)));
  }
}
