package io.pulsegate.server.state;

import io.pulsegate.api.Event;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Who changed what, and when; nothing in it is ever altered. Any thread.
public final class AuditLog {
  /// What a line takes beside its texts: numbers, and its places in two indexes.
  private static final int LINE_BYTES = 48;

  private final StateStore store;

  public AuditLog(StateStore store) {
    this.store = store;
  }

  /// Writes down a change that is no part of another transaction; durable when it returns.
  ///
  /// @throws StateException where it could not be
  public void add(Change change) {
    store.transaction(connection -> {
      insert(connection, change);
      return change;
    });
  }

  /// Writes changes of one actor down in one go, and keeps the newest so many of what it wrote.
  ///
  /// @throws StateException where that could not be done
  public void addAll(List<Change> changes, String actor, long keptMax) {
    store.transaction(connection -> {
      for (Change change : changes) {
        insert(connection, change);
      }
      try (PreparedStatement prune =
          connection.prepareStatement(
              "DELETE FROM audit WHERE actor = ? AND id <= (SELECT max(id) FROM audit) - ?")) {
        prune.setString(1, actor);
        prune.setLong(2, keptMax);
        return prune.executeUpdate();
      }
    });
  }

  /// Lets go of the oldest lines, which says a line of its own.
  ///
  /// @param before lines from before that time go; [Instant#MIN] for none
  /// @param bytesMax what is kept at most, about
  /// @return how many went
  /// @throws StateException where that could not be done
  public int prune(Instant before, long bytesMax, Instant now) {
    return store.transaction(connection -> {
      long from = Math.max(firstSince(connection, before), firstWithin(connection, bytesMax));
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM audit WHERE id < ?")) {
        delete.setLong(1, from);
        int gone = delete.executeUpdate();
        if (gone > 0) {
          String detail = "%d lines".formatted(gone);
          insert(connection, new Change(now, "retention", "audit.prune", "", "", detail));
        }
        return gone;
      }
    });
  }

  private static long firstSince(Connection connection, Instant before) throws SQLException {
    if (before.equals(Instant.MIN)) {
      return 0;
    }
    try (PreparedStatement query =
        connection.prepareStatement("SELECT coalesce(max(id) + 1, 0) FROM audit WHERE at < ?")) {
      query.setLong(1, StateStore.micros(before));
      return number(query);
    }
  }

  private static long firstWithin(Connection connection, long bytesMax) throws SQLException {
    String sql =
        "SELECT coalesce(max(id) + 1, 0) FROM (SELECT id, sum(length(actor) + length(action) + length(tenant) + length(subject) + length(detail) + "
            + LINE_BYTES
            + ") OVER (ORDER BY id DESC) AS bytes FROM audit) WHERE bytes > ?";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setLong(1, bytesMax);
      return number(query);
    }
  }

  private static long number(PreparedStatement query) throws SQLException {
    try (ResultSet row = query.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  static void insert(Connection connection, Change change) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO audit (at, actor, action, tenant, subject, detail) VALUES (?, ?, ?, ?, ?, ?)")) {
      insert.setLong(1, StateStore.micros(change.at()));
      insert.setString(2, change.actor());
      insert.setString(3, change.action());
      insert.setString(4, change.tenant());
      insert.setString(5, change.subject());
      insert.setString(6, change.detail());
      insert.executeUpdate();
    }
  }

  /// The newest changes, at most `limit`.
  ///
  /// @param tenant whose; empty for everybody's
  /// @throws StateException where they cannot be read
  public List<Change> newest(String tenant, int limit) {
    return store.transaction(connection -> {
      List<Change> changes = new ArrayList<>();
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT * FROM audit WHERE ? = '' OR tenant = ? ORDER BY id DESC LIMIT ?")) {
        query.setString(1, tenant);
        query.setString(2, tenant);
        query.setInt(3, limit);
        try (ResultSet row = query.executeQuery()) {
          while (row.next()) {
            changes.add(
                new Change(
                    Event.ofMicros(row.getLong("at")),
                    row.getString("actor"),
                    row.getString("action"),
                    row.getString("tenant"),
                    row.getString("subject"),
                    row.getString("detail")));
          }
        }
      }
      return changes;
    });
  }
}
