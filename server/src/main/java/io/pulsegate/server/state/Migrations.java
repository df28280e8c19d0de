package io.pulsegate.server.state;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// The steps that bring a state store of any release to this one's schema, one transaction each;
/// `user_version` counts the steps that were made. A step that was released is never changed.
final class Migrations {
  private static final List<String> STEPS =
      List.of(
          """
          CREATE TABLE dead_letters (
            log_id          TEXT    NOT NULL,
            "partition"     INTEGER NOT NULL,
            "offset"        INTEGER NOT NULL,
            child           INTEGER NOT NULL,
            sink            TEXT    NOT NULL,
            run             INTEGER NOT NULL,
            tenant          TEXT    NOT NULL,
            incarnation     INTEGER NOT NULL,
            event_id        TEXT    NOT NULL,
            event_type      TEXT    NOT NULL,
            occurred_at     INTEGER NOT NULL, -- microseconds since 1970, like all times here
            received_at     INTEGER NOT NULL,
            payload         TEXT    NOT NULL,
            source          TEXT    NOT NULL,
            dialect         TEXT    NOT NULL,
            trace_id        TEXT,
            idempotency_key TEXT,
            partition_key   TEXT,
            stage           TEXT    NOT NULL,
            component       TEXT    NOT NULL,
            code            TEXT    NOT NULL,
            reason          TEXT    NOT NULL,
            attempts        INTEGER NOT NULL,
            first_failure   INTEGER NOT NULL,
            last_failure    INTEGER NOT NULL,
            PRIMARY KEY (log_id, "partition", "offset", child, sink, run)
          );
          CREATE INDEX dead_letters_by_time ON dead_letters (last_failure);
          CREATE INDEX dead_letters_by_tenant ON dead_letters (tenant, last_failure);
          """,
          """
          CREATE TABLE counters (
            name  TEXT PRIMARY KEY,
            value INTEGER NOT NULL
          );
          CREATE TABLE tenant_lives (
            tenant      TEXT PRIMARY KEY,
            incarnation INTEGER NOT NULL,
            present     INTEGER NOT NULL
          );
          CREATE TABLE tenants ( -- those that the admin API made
            tenant   TEXT PRIMARY KEY,
            document TEXT NOT NULL -- its settings as JSON
          );
          CREATE TABLE api_keys (
            tenant  TEXT NOT NULL,
            id      TEXT NOT NULL,
            name    TEXT NOT NULL,
            hash    TEXT NOT NULL UNIQUE, -- SHA-256 in hexadecimal digits
            scopes  TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            PRIMARY KEY (tenant, id)
          );
          CREATE TABLE audit (
            id      INTEGER PRIMARY KEY AUTOINCREMENT,
            at      INTEGER NOT NULL,
            actor   TEXT NOT NULL,
            action  TEXT NOT NULL,
            tenant  TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail  TEXT NOT NULL
          );
          CREATE INDEX audit_by_tenant ON audit (tenant, id);
          """,
          """
          ALTER TABLE dead_letters RENAME TO dead_letters_1;
          DROP INDEX dead_letters_by_time;
          DROP INDEX dead_letters_by_tenant;
          CREATE TABLE dead_letters (
            id              INTEGER PRIMARY KEY AUTOINCREMENT,
            log_id          TEXT    NOT NULL,
            "partition"     INTEGER NOT NULL,
            "offset"        INTEGER NOT NULL,
            child           INTEGER NOT NULL,
            sink            TEXT    NOT NULL,
            run             INTEGER NOT NULL,
            tenant          TEXT    NOT NULL,
            incarnation     INTEGER NOT NULL,
            event_id        TEXT    NOT NULL,
            event_type      TEXT    NOT NULL,
            occurred_at     INTEGER NOT NULL,
            received_at     INTEGER NOT NULL,
            payload         TEXT    NOT NULL,
            source          TEXT    NOT NULL,
            dialect         TEXT    NOT NULL,
            trace_id        TEXT,
            idempotency_key TEXT,
            partition_key   TEXT,
            stage           TEXT    NOT NULL,
            component       TEXT    NOT NULL,
            code            TEXT    NOT NULL,
            reason          TEXT    NOT NULL,
            attempts        INTEGER NOT NULL,
            first_failure   INTEGER NOT NULL,
            last_failure    INTEGER NOT NULL,
            redriven_at     INTEGER, -- since then it waits no more
            UNIQUE (log_id, "partition", "offset", child, sink, run)
          );
          CREATE TABLE dead_letter_totals ( -- of those that wait
            tenant      TEXT    NOT NULL,
            incarnation INTEGER NOT NULL,
            letters     INTEGER NOT NULL,
            bytes       INTEGER NOT NULL, -- of payloads
            PRIMARY KEY (tenant, incarnation)
          );
          CREATE TRIGGER dead_letter_put AFTER INSERT ON dead_letters BEGIN INSERT OR IGNORE INTO dead_letter_totals VALUES (new.tenant, new.incarnation, 0, 0); UPDATE dead_letter_totals SET letters = letters + 1, bytes = bytes + length(CAST(new.payload AS BLOB)) WHERE tenant = new.tenant AND incarnation = new.incarnation; END;
          CREATE TRIGGER dead_letter_redriven AFTER UPDATE OF redriven_at ON dead_letters WHEN old.redriven_at IS NULL AND new.redriven_at IS NOT NULL BEGIN UPDATE dead_letter_totals SET letters = letters - 1, bytes = bytes - length(CAST(old.payload AS BLOB)) WHERE tenant = old.tenant AND incarnation = old.incarnation; END;
          CREATE TRIGGER dead_letter_gone AFTER DELETE ON dead_letters WHEN old.redriven_at IS NULL BEGIN UPDATE dead_letter_totals SET letters = letters - 1, bytes = bytes - length(CAST(old.payload AS BLOB)) WHERE tenant = old.tenant AND incarnation = old.incarnation; END;
          INSERT INTO dead_letters SELECT NULL, d.*, NULL FROM dead_letters_1 d ORDER BY last_failure;
          DROP TABLE dead_letters_1;
          CREATE INDEX dead_letters_by_tenant ON dead_letters (tenant, id);
          CREATE INDEX dead_letters_by_event ON dead_letters (event_id);
          CREATE INDEX dead_letters_by_time ON dead_letters (last_failure);
          """,
          """
          CREATE TABLE replays (
            id         INTEGER PRIMARY KEY AUTOINCREMENT,
            tenant     TEXT NOT NULL, -- empty for all
            request    TEXT NOT NULL, -- JSON
            state      TEXT NOT NULL,
            actor      TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            ended_at   INTEGER, -- NULL while it may go on
            result     TEXT NOT NULL, -- JSON
            reason     TEXT NOT NULL
          );
          """,
          """
          CREATE TABLE ended_letters ( -- those that are gone, without their events
            id           INTEGER PRIMARY KEY,
            log_id       TEXT    NOT NULL,
            "partition"  INTEGER NOT NULL,
            "offset"     INTEGER NOT NULL,
            sink         TEXT    NOT NULL,
            run          INTEGER NOT NULL,
            tenant       TEXT    NOT NULL,
            event_id     TEXT    NOT NULL,
            code         TEXT    NOT NULL,
            redriven_at  INTEGER,
            ended_at     INTEGER NOT NULL
          );
          CREATE TABLE given_up ( -- tenants that are no more, and whose events go nowhere
            tenant      TEXT    NOT NULL,
            incarnation INTEGER NOT NULL,
            PRIMARY KEY (tenant, incarnation)
          );
          CREATE INDEX ended_letters_by_event ON ended_letters (event_id);
          CREATE INDEX ended_letters_by_time ON ended_letters (ended_at);
          """);

  private Migrations() {}

  /// Makes the steps that are missing.
  ///
  /// @throws SQLException also where the store is newer than this program
  static void run(Connection connection) throws SQLException {
    run(connection, STEPS.size());
  }

  /// Makes the steps that are missing up to a version.
  static void run(Connection connection, int to) throws SQLException {
    int version = version(connection);
    if (version > STEPS.size()) {
      throw new SQLException(
          "it was written by a newer release (schema %d, this one knows %d): use that release"
              .formatted(version, STEPS.size()));
    }
    for (int step = version; step < to; step++) {
      connection.setAutoCommit(false);
      try {
        make(step, connection);
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        connection.rollback();
        throw e;
      } finally {
        // Commits what is open, which must be nothing.
        connection.setAutoCommit(true);
      }
    }
  }

  private static void make(int step, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : STEPS.get(step).split(";\\s*\n", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
      statement.execute("PRAGMA user_version = " + (step + 1));
    }
  }

  static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("PRAGMA user_version")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }
}
