package io.pulsegate.server.state;

import io.pulsegate.api.Event;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Who changed what, and when; nothing in it is ever altered. Any thread.
public final class AuditLog {
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
