package io.pulsegate.server.admin;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Queryable;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.server.admin.Endpoint.Access;
import io.pulsegate.server.admin.Endpoint.Call;
import io.pulsegate.server.admin.Endpoint.Field;
import io.pulsegate.server.sql.Query;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/// Questions to a sink that can be asked.
public final class SqlEndpoints {
  private static final List<Field> BODY =
      List.of(
          Field.text("sql", "One SELECT."),
          Field.number("limit", "Most rows."),
          Field.number("timeout_ms", "Longest time it may take."),
          Field.text("format", "table, csv or json."),
          Field.text("sink", "The sink to ask. Default: the first."));

  private final Map<String, Queryable> queryables;

  /// @param queryables by name, the first one by default
  public SqlEndpoints(Map<String, Queryable> queryables) {
    this.queryables = queryables;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.post(
            "/sql", Access.OPERATOR, "Ask a sink's database; read-only.", BODY, this::sql));
  }

  private PageReply sql(Call call) throws InterruptedException {
    Query query;
    try {
      query = Query.read(call.body());
    } catch (IllegalArgumentException e) {
      return Replies.error(400, String.valueOf(e.getMessage()));
    }
    Optional<Queryable> sink =
        query.sink().isEmpty()
            ? queryables.values().stream().findFirst()
            : Optional.ofNullable(queryables.get(query.sink()));
    if (sink.isEmpty()) {
      return Replies.error(
          404,
          queryables.isEmpty()
              ? "no sink of this server can be queried: ask the database itself"
              : "no sink %s can be queried; there is %s"
                  .formatted(query.sink(), String.join(", ", queryables.keySet())));
    }
    return switch (ask(sink.get(), query, call.gone())) {
      case Queryable.Answer.Table table ->
          new PageReply(
              200,
              "text/plain; charset=utf-8",
              Map.of(Query.TRUNCATED_HEADER, Boolean.toString(table.truncated())),
              Bytes.of(query.format().render(table)));
      case Queryable.Answer.Failed(String reason) -> Replies.error(422, reason);
    };
  }

  /// Asks, until whoever wants to know has gone: nobody else could stop the query before its time
  /// is over.
  private static Queryable.Answer ask(Queryable sink, Query query, CompletionStage<Void> gone)
      throws InterruptedException {
    var asking = new Asking(Thread.currentThread());
    var _ = gone.thenRun(asking::stop);
    try {
      return sink.query(query.sql(), query.rowsMax(), query.timeout());
    } catch (InterruptedException e) {
      if (!asking.stopped()) {
        throw e;
      }
      return new Queryable.Answer.Failed("the query was stopped, as the client has gone");
    } finally {
      asking.end();
    }
  }

  /// Interrupts a thread as long as it asks, and not afterwards.
  private static final class Asking {
    private final Thread thread;
    private boolean stopped;
    private boolean ended;

    Asking(Thread thread) {
      this.thread = thread;
    }

    synchronized void stop() {
      if (!ended) {
        stopped = true;
        thread.interrupt();
      }
    }

    synchronized boolean stopped() {
      return stopped;
    }

    synchronized void end() {
      ended = true;
      if (stopped) {
        // It may have come too late to be noticed.
        boolean _ = Thread.interrupted();
      }
    }
  }
}
