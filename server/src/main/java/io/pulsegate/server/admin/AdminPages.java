package io.pulsegate.server.admin;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Queryable;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.DeadLetterException;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.ingress.http.PageRequest;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.sql.Query;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/// What the operator and the command line ask the server.
///
/// ```
/// GET  /sinks                 how each sink fares
/// GET  /dead-letters?limit=   the newest dead letters, 100 where not said, at most 10000
/// POST /sql                   {"sql", "limit", "timeout_ms", "format", "sink"}: see Query
/// ```
public final class AdminPages implements Pages {
  private static final int LETTERS = 100;
  private static final int LETTERS_MAX = 10_000;
  private static final Map<String, Set<String>> METHODS =
      Map.of("/sinks", Set.of("GET"), "/dead-letters", Set.of("GET"), "/sql", Set.of("POST"));

  private final Consumer<JsonWriter> sinks;
  private final IntFunction<List<DeadLetter>> newestLetters;
  private final Map<String, Queryable> queryables;

  /// @param sinks writes all sinks' states
  /// @param newestLetters reads so many dead letters
  /// @param queryables sinks that can be asked, by name, the first one by default
  public AdminPages(
      Consumer<JsonWriter> sinks,
      IntFunction<List<DeadLetter>> newestLetters,
      Map<String, Queryable> queryables) {
    this.sinks = sinks;
    this.newestLetters = newestLetters;
    this.queryables = queryables;
  }

  @Override
  public Set<String> methods(String path) {
    return METHODS.getOrDefault(path, Set.of());
  }

  @Override
  public PageReply reply(PageRequest request) throws InterruptedException {
    return switch (request.head().path()) {
      case "/sinks" -> sinks();
      case "/dead-letters" -> deadLetters(request.head().parameter("limit"));
      default -> sql(request.body());
    };
  }

  private PageReply sinks() {
    var json = new JsonWriter().beginObject();
    sinks.accept(json.name("sinks"));
    return page(200, json.endObject());
  }

  private PageReply deadLetters(Optional<String> limit) {
    int count;
    try {
      count = limit.map(Integer::parseInt).orElse(LETTERS);
    } catch (NumberFormatException e) {
      count = 0;
    }
    if (count < 1 || count > LETTERS_MAX) {
      return error(400, "limit must be a whole number from 1 to " + LETTERS_MAX);
    }
    try {
      var json = new JsonWriter(4096).beginObject().name("dead_letters").beginArray();
      newestLetters.apply(count).forEach(letter -> write(json, letter));
      return page(200, json.endArray().endObject());
    } catch (DeadLetterException e) {
      return error(503, String.valueOf(e.getMessage()));
    }
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

  private PageReply sql(Bytes body) throws InterruptedException {
    Query query;
    try {
      query = Query.read(body);
    } catch (IllegalArgumentException e) {
      return error(400, String.valueOf(e.getMessage()));
    }
    Optional<Queryable> sink =
        query.sink().isEmpty()
            ? queryables.values().stream().findFirst()
            : Optional.ofNullable(queryables.get(query.sink()));
    if (sink.isEmpty()) {
      return error(
          404,
          queryables.isEmpty()
              ? "no sink of this server can be queried: ask the database itself"
              : "no sink %s can be queried; there is %s"
                  .formatted(query.sink(), String.join(", ", queryables.keySet())));
    }
    return switch (sink.get().query(query.sql(), query.rowsMax(), query.timeout())) {
      case Queryable.Answer.Table table ->
          new PageReply(
              200,
              "text/plain; charset=utf-8",
              Map.of(Query.TRUNCATED_HEADER, Boolean.toString(table.truncated())),
              Bytes.of(query.format().render(table)));
      case Queryable.Answer.Failed(String reason) -> error(422, reason);
    };
  }

  private static PageReply error(int status, String message) {
    return page(
        status,
        new JsonWriter()
            .beginObject()
            .name("error")
            .beginObject()
            .field("message", message)
            .endObject()
            .endObject());
  }

  private static PageReply page(int status, JsonWriter json) {
    return PageReply.json(status, Bytes.of(json.newLine().toByteArray()));
  }
}
