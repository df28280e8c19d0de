package io.pulsegate.server.state;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// The dead letters that are kept, to be looked at and let go of. Any thread.
///
/// @see StateStore#put
public final class Letters {
  private final StateStore store;

  public Letters(StateStore store) {
    this.store = store;
  }

  /// A letter as it is kept.
  ///
  /// @param id rises; never used twice
  /// @param redriven since when it waits no more
  public record Kept(long id, DeadLetter letter, Optional<Instant> redriven) {}

  /// Which letters; what is empty narrows nothing. Times are those of the last failure.
  ///
  /// @param component the sink or transform that failed
  /// @param redriven whether those that wait no more are meant instead of those that wait
  public record Filter(
      Optional<TenantId> tenant,
      Optional<Instant> from,
      Optional<Instant> until,
      Optional<String> eventType,
      Optional<String> eventId,
      Optional<String> code,
      Optional<String> component,
      boolean redriven) {
    /// All that wait.
    public static final Filter ALL =
        new Filter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);

    /// Those of one event, whoever sent it.
    public static Filter ofEvent(String eventId, boolean redriven) {
      return new Filter(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(eventId),
          Optional.empty(),
          Optional.empty(),
          redriven);
    }

    /// Whether it narrows anything but the tenant.
    public boolean isNarrow() {
      return from.isPresent()
          || until.isPresent()
          || eventType.isPresent()
          || eventId.isPresent()
          || code.isPresent()
          || component.isPresent();
    }
  }

  /// The filter as SQL and its parameters.
  private static final class Where {
    final StringBuilder sql = new StringBuilder();
    final List<Object> parameters = new ArrayList<>();

    Where(Filter filter) {
      sql.append(filter.redriven() ? "redriven_at IS NOT NULL" : "redriven_at IS NULL");
      filter.tenant().ifPresent(tenant -> and("tenant = ?", tenant.value()));
      filter.from().ifPresent(time -> and("last_failure >= ?", StateStore.micros(time)));
      filter.until().ifPresent(time -> and("last_failure < ?", StateStore.micros(time)));
      filter.eventType().ifPresent(type -> and("event_type = ?", type));
      filter.eventId().ifPresent(id -> and("event_id = ?", id));
      filter.code().ifPresent(code -> and("code = ?", code));
      filter.component().ifPresent(component -> and("component = ?", component));
    }

    void and(String condition, Object parameter) {
      sql.append(" AND ").append(condition);
      parameters.add(parameter);
    }
  }

  /// Letters, the newest first.
  ///
  /// @param before only those with a smaller id
  public List<Kept> find(Filter filter, long before, int limit) {
    var where = new Where(filter);
    where.and("id < ?", before);
    return select(where, " ORDER BY id DESC", limit);
  }

  /// Letters, the oldest first.
  ///
  /// @param after only those with a greater id
  public List<Kept> findAfter(Filter filter, long after, int limit) {
    var where = new Where(filter);
    where.and("id > ?", after);
    return select(where, " ORDER BY id", limit);
  }

  private List<Kept> select(Where where, String order, int limit) {
    String sql = "SELECT * FROM dead_letters WHERE " + where.sql + order + " LIMIT " + limit;
    return store.transaction(connection -> {
      List<Kept> letters = new ArrayList<>();
      try (PreparedStatement query = prepare(connection, sql, where.parameters);
          ResultSet row = query.executeQuery()) {
        while (row.next()) {
          letters.add(kept(row));
        }
      }
      return letters;
    });
  }

  /// The greatest id there is; 0 where there is no letter.
  public long newestId() {
    return store.transaction(connection -> {
      try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'dead_letters'");
          ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    });
  }

  /// One letter, waiting or not.
  public Optional<Kept> find(long id) {
    return store.transaction(connection -> {
      String sql = "SELECT * FROM dead_letters WHERE id = ?";
      try (PreparedStatement query = prepare(connection, sql, List.of(id));
          ResultSet row = query.executeQuery()) {
        return row.next() ? Optional.of(kept(row)) : Optional.empty();
      }
    });
  }

  /// Lets go of letters and writes down why, in one transaction. **Nothing goes without its line in
  /// the audit log.**
  ///
  /// @param change the line for so many letters
  /// @return how many
  public int discard(Filter filter, IntFunction<Change> change) {
    return discard(new Where(filter), change);
  }

  /// Lets go of one letter that waits.
  public int discard(long id, IntFunction<Change> change) {
    var where = new Where(Filter.ALL);
    where.and("id = ?", id);
    return discard(where, change);
  }

  private int discard(Where where, IntFunction<Change> change) {
    return store.transaction(connection -> {
      note(connection, where);
      String sql = "DELETE FROM dead_letters WHERE " + where.sql;
      try (PreparedStatement delete = prepare(connection, sql, where.parameters)) {
        int gone = delete.executeUpdate();
        if (gone > 0) {
          Change made = change.apply(gone);
          end(connection, made.at());
          AuditLog.insert(connection, made);
        }
        return gone;
      }
    });
  }

  private static void note(Connection connection, Where where) throws SQLException {
    String sql =
        "INSERT OR REPLACE INTO ended_letters SELECT id, log_id, \"partition\", \"offset\", sink, run, tenant, event_id, code, redriven_at, 0 FROM dead_letters WHERE "
            + where.sql;
    try (PreparedStatement insert = prepare(connection, sql, where.parameters)) {
      insert.executeUpdate();
    }
  }

  private static void end(Connection connection, Instant at) throws SQLException {
    String sql = "UPDATE ended_letters SET ended_at = ? WHERE ended_at = 0";
    try (PreparedStatement update = prepare(connection, sql, List.of(StateStore.micros(at)))) {
      update.executeUpdate();
    }
  }

  /// What is left of a letter that is gone.
  ///
  /// @param run as in [DeadLetter]
  /// @param redriven since when it waited no more, where it was redriven before it went
  public record Ended(
      long id,
      String logId,
      long offset,
      String sink,
      long run,
      TenantId tenant,
      String code,
      Optional<Instant> redriven,
      Instant at) {}

  /// The letters of an event that are gone, the oldest first.
  public List<Ended> ended(String eventId) {
    return store.transaction(connection -> {
      String sql = "SELECT * FROM ended_letters WHERE event_id = ? ORDER BY id";
      List<Ended> ended = new ArrayList<>();
      try (PreparedStatement query = prepare(connection, sql, List.of(eventId));
          ResultSet row = query.executeQuery()) {
        while (row.next()) {
          ended.add(
              new Ended(
                  row.getLong("id"),
                  row.getString("log_id"),
                  row.getLong("offset"),
                  row.getString("sink"),
                  row.getLong("run"),
                  new TenantId(row.getString("tenant")),
                  row.getString("code"),
                  redriven(row),
                  Event.ofMicros(row.getLong("ended_at"))));
        }
      }
      return ended;
    });
  }

  /// Forgets what is left of letters that went before that time.
  public void forgetEnded(Instant before) {
    int _ =
        store.transaction(connection -> {
          String sql = "DELETE FROM ended_letters WHERE ended_at < ?";
          try (PreparedStatement delete =
              prepare(connection, sql, List.of(StateStore.micros(before)))) {
            return delete.executeUpdate();
          }
        });
  }

  /// Notes that letters wait no more, as their events are in the log again, and writes it down.
  public void redriven(List<Long> ids, Change change) {
    store.transaction(connection -> {
      for (long id : ids) {
        String sql = "UPDATE dead_letters SET redriven_at = ? WHERE id = ? AND redriven_at IS NULL";
        try (PreparedStatement update =
            prepare(connection, sql, List.of(StateStore.micros(change.at()), id))) {
          update.executeUpdate();
        }
      }
      AuditLog.insert(connection, change);
      return change;
    });
  }

  static long waitingBytes(Connection connection, LaneKey lane) throws SQLException {
    String sql = "SELECT bytes FROM dead_letter_totals WHERE tenant = ? AND incarnation = ?";
    try (PreparedStatement query =
            prepare(connection, sql, List.of(lane.tenant().value(), lane.incarnation()));
        ResultSet row = query.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private static PreparedStatement prepare(
      Connection connection, String sql, List<Object> parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.size(); i++) {
      statement.setObject(i + 1, parameters.get(i));
    }
    return statement;
  }

  private static Kept kept(ResultSet row) throws SQLException {
    return new Kept(row.getLong("id"), StateStore.letter(row), redriven(row));
  }

  private static Optional<Instant> redriven(ResultSet row) throws SQLException {
    long micros = row.getLong("redriven_at");
    return row.wasNull() ? Optional.empty() : Optional.of(Event.ofMicros(micros));
  }
}
