package io.pulsegate.server.state;

import io.pulsegate.api.Event;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The replays that were asked for, and what came of them. Any thread.
public final class ReplayRows {
  private static final int ENDED_KEPT = 1_000;

  private final StateStore store;

  public ReplayRows(StateStore store) {
    this.store = store;
  }

  /// How one fares.
  public enum State {
    RUNNING,
    PAUSED,
    /// Stopped by itself before its end; may be resumed.
    FAILED,
    DONE,
    CANCELLED;

    /// Whether it may still go on.
    public boolean isOpen() {
      return this == RUNNING || this == PAUSED || this == FAILED;
    }

    /// As people write it.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// One of them.
  ///
  /// @param id rises; never used twice
  /// @param tenant whose events; empty for everybody's
  /// @param request as JSON
  /// @param result how far it had come when that was written last, as JSON
  /// @param reason why it stopped; empty where it was asked to, or did not
  public record Row(
      long id,
      String tenant,
      String request,
      State state,
      String actor,
      Instant created,
      Optional<Instant> ended,
      String result,
      String reason) {}

  /// Keeps a new one with its line in the audit log.
  public Row add(String tenant, String request, Change change) {
    return store.transaction(connection -> {
      String sql =
          "INSERT INTO replays (tenant, request, state, actor, created_at, result, reason) VALUES (?, ?, 'RUNNING', ?, ?, '{}', '')";
      long id;
      try (PreparedStatement insert =
          connection.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS)) {
        insert.setString(1, tenant);
        insert.setString(2, request);
        insert.setString(3, change.actor());
        insert.setLong(4, StateStore.micros(change.at()));
        insert.executeUpdate();
        try (ResultSet key = insert.getGeneratedKeys()) {
          key.next();
          id = key.getLong(1);
        }
      }
      AuditLog.insert(
          connection,
          new Change(
              change.at(),
              change.actor(),
              change.action(),
              change.tenant(),
              Long.toString(id),
              change.detail()));
      prune(connection);
      return find(connection, id).orElseThrow();
    });
  }

  private static void prune(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(
          "DELETE FROM replays WHERE ended_at IS NOT NULL AND id <= (SELECT max(id) FROM replays) - "
              + ENDED_KEPT);
    }
  }

  /// Writes down how one fares now.
  ///
  /// @param change the line of the audit log, where somebody asked for it
  public void update(
      long id, State state, String result, String reason, Instant now, Optional<Change> change) {
    store.transaction(connection -> {
      String sql =
          "UPDATE replays SET state = ?, result = ?, reason = ?, ended_at = ? WHERE id = ?";
      try (PreparedStatement update = connection.prepareStatement(sql)) {
        update.setString(1, state.name());
        update.setString(2, result);
        update.setString(3, reason);
        if (state.isOpen()) {
          update.setNull(4, java.sql.Types.INTEGER);
        } else {
          update.setLong(4, StateStore.micros(now));
        }
        update.setLong(5, id);
        update.executeUpdate();
      }
      if (change.isPresent()) {
        AuditLog.insert(connection, change.get());
      }
      return id;
    });
  }

  /// One of them.
  public Optional<Row> find(long id) {
    return store.transaction(connection -> find(connection, id));
  }

  private static Optional<Row> find(Connection connection, long id) throws SQLException {
    return select(connection, "SELECT * FROM replays WHERE id = " + id, "").stream().findFirst();
  }

  /// The newest first.
  ///
  /// @param tenant whose; empty for all there are
  public List<Row> newest(String tenant, int limit) {
    return store.transaction(connection ->
        select(
            connection,
            "SELECT * FROM replays WHERE ? IN ('', tenant) ORDER BY id DESC LIMIT " + limit,
            tenant));
  }

  /// Those that may still go on.
  public List<Row> open() {
    return store.transaction(connection ->
        select(connection, "SELECT * FROM replays WHERE ended_at IS NULL ORDER BY id", ""));
  }

  private static List<Row> select(Connection connection, String sql, String tenant)
      throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      if (sql.contains("?")) {
        query.setString(1, tenant);
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          rows.add(row(row));
        }
      }
    }
    return rows;
  }

  private static Row row(ResultSet row) throws SQLException {
    long ended = row.getLong("ended_at");
    Optional<Instant> end = row.wasNull() ? Optional.empty() : Optional.of(Event.ofMicros(ended));
    return new Row(
        row.getLong("id"),
        row.getString("tenant"),
        row.getString("request"),
        State.valueOf(row.getString("state")),
        row.getString("actor"),
        Event.ofMicros(row.getLong("created_at")),
        end,
        row.getString("result"),
        row.getString("reason"));
  }
}
