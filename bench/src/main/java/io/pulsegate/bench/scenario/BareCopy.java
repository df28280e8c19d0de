package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/// What PostgreSQL does with the very rows of a table when they come as one bare COPY BINARY.
final class BareCopy {
  /// The rows with their payload as the load generator wrote it. What the server gives back has its
  /// names sorted as `jsonb` keeps them, which saves it a tenth of its work when it reads that
  /// again; no sender writes so. A jsonb is sent as the byte 1 and the text.
  private static final String AS_SENT =
      """
      SELECT event_id, tenant_id, event_type, occurred_at, received_at,
        chr(1) || format('{"event_id":%s,"event_type":%s,"occurred_at":%s,"user_id":%s,\
      "session_id":%s,"properties":{"page":%s,"plan":%s,"amount":%s,"items":%s,"new":%s,"note":%s}}',
          payload->'event_id', payload->'event_type', payload->'occurred_at', payload->'user_id',
          payload->'session_id', p->'page', p->'plan', p->'amount', p->'items', p->'new', p->'note'),
        payload_raw, source, dialect, trace_id, idempotency_key, partition_key, original_time,
        log_offset
      FROM events, LATERAL (SELECT payload->'properties' AS p) AS properties\
      """;

  private final Connection connection;
  private final Path file;

  /// @param file for the rows in between
  BareCopy(Connection connection, Path file) {
    this.connection = connection;
    this.file = file;
  }

  /// Takes the rows out of the table `events`; their number.
  ///
  /// @param asSent with the payload of [EventShape#DEFAULT] in the order it was sent in; otherwise
  ///   as the server gives it back
  long export(boolean asSent) throws IOException, SQLException {
    String select = asSent ? AS_SENT : "SELECT * FROM events";
    try (var out = Files.newOutputStream(file)) {
      return copies().copyOut("COPY (" + select + ") TO STDOUT (FORMAT BINARY)", out);
    }
  }

  /// Has the server make the files of its write-ahead log beforehand, and use them again from then
  /// on, as one that has run for a while does. Making them costs whoever is first about a seventh.
  void prepareWriteAheadLog() throws SQLException {
    execute("ALTER SYSTEM SET min_wal_size = '1GB'");
    execute("SELECT pg_reload_conf()");
    for (int i = 0; i < 2; i++) {
      execute(
          "SELECT count(pg_logical_emit_message(false, 'bench', repeat('x', 1000000)))"
              + " FROM generate_series(1, 900)");
      execute("CHECKPOINT");
    }
  }

  /// Copies them into a new table like it, in one transaction, and drops that.
  ///
  /// @param like a clause such as `INCLUDING INDEXES`
  /// @return rows per second, commit included
  double rowsPerSecond(String like) throws IOException, SQLException {
    execute("DROP TABLE IF EXISTS bare_copy");
    execute("CREATE TABLE bare_copy (LIKE events " + like + ")");
    execute("CHECKPOINT");
    try (var in = Files.newInputStream(file)) {
      long start = System.nanoTime();
      long rows = copies().copyIn("COPY bare_copy FROM STDIN (FORMAT BINARY)", in, 1 << 16);
      double seconds = (System.nanoTime() - start) / 1e9;
      execute("DROP TABLE bare_copy");
      return rows / seconds;
    }
  }

  private CopyManager copies() throws SQLException {
    return connection.unwrap(PGConnection.class).getCopyAPI();
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
