package io.pulsegate.bench.scenario;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// What DuckDB does with the rows of a sink's file when they come through its bare appender, into a
/// table like it, with as many rows in a commit as the sink writes at most.
final class BareAppender {
  private static final int COMMIT_ROWS = 20_000;

  /// Rows of the sink's table: texts as they are, times in microseconds.
  private static final String SELECT =
      """
      SELECT encode(event_id), encode(tenant_id), encode(event_type),
        epoch_us(occurred_at), epoch_us(received_at), encode(payload::varchar),
        encode(source), encode(dialect), log_offset
      FROM events LIMIT 100000\
      """;

  /// One row of [#SELECT].
  private record Row(List<byte[]> texts, long occurredAt, long receivedAt, long offset) {}

  private final Path file;
  private final Properties options = new Properties();

  /// @param file the sink's, no longer open elsewhere
  /// @param memory DuckDB's limit
  BareAppender(Path file, String memory) {
    this.file = file;
    options.setProperty("memory_limit", memory);
    options.setProperty("threads", "1");
  }

  /// Appends its first rows again and again until so many are there.
  ///
  /// @return rows per second, commits included
  double rowsPerSecond(long rows) throws SQLException {
    String create;
    List<Row> sample = new ArrayList<>();
    try (var connection = open(file);
        var statement = connection.createStatement()) {
      try (var sql =
          statement.executeQuery("SELECT sql FROM duckdb_tables() WHERE table_name = 'events'")) {
        sql.next();
        create = Optional.ofNullable(sql.getString(1)).orElseThrow();
      }
      try (var row = statement.executeQuery(SELECT)) {
        while (row.next()) {
          sample.add(read(row));
        }
      }
    }
    try (var connection = open(file.resolveSibling("bare.duckdb"));
        var statement = connection.createStatement()) {
      statement.execute(create);
      // So that the code is compiled.
      long _ = append(connection, sample, 2 * COMMIT_ROWS);
      long start = System.nanoTime();
      long appended = append(connection, sample, rows);
      return appended / ((System.nanoTime() - start) / 1e9);
    }
  }

  private DuckDBConnection open(Path path) throws SQLException {
    return (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + path, options);
  }

  private static Row read(ResultSet row) throws SQLException {
    List<byte[]> texts = new ArrayList<>();
    for (int column : new int[] {1, 2, 3, 6, 7, 8}) {
      texts.add(Optional.ofNullable(row.getBytes(column)).orElseThrow());
    }
    return new Row(List.copyOf(texts), row.getLong(4), row.getLong(5), row.getLong(9));
  }

  private static long append(DuckDBConnection connection, List<Row> sample, long rows)
      throws SQLException {
    long appended = 0;
    try (var statement = connection.createStatement()) {
      while (appended < rows) {
        statement.execute("BEGIN TRANSACTION");
        try (var appender = connection.createAppender("events")) {
          appender.setWriteInlinedStrings(true);
          for (int i = 0; i < COMMIT_ROWS; i++) {
            append(appender, sample.get((int) (appended % sample.size())));
            appended++;
          }
          long _ = appender.flush();
        }
        statement.execute("COMMIT");
      }
    }
    return appended;
  }

  private static void append(DuckDBAppender appender, Row row) throws SQLException {
    appender.beginRow();
    appender.append(row.texts().get(0));
    appender.append(row.texts().get(1));
    appender.append(row.texts().get(2));
    appender.appendEpochMicros(row.occurredAt());
    appender.appendEpochMicros(row.receivedAt());
    appender.append(row.texts().get(3));
    appender.appendNull();
    appender.append(row.texts().get(4));
    appender.append(row.texts().get(5));
    for (int optional = 0; optional < 4; optional++) {
      appender.appendNull();
    }
    appender.append(row.offset());
    appender.endRow();
  }
}
