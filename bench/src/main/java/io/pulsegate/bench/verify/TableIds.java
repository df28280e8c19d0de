package io.pulsegate.bench.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// The ids in one column of a table, read as a stream.
final class TableIds implements IdSource {
  private static final int FETCH_ROWS = 10_000;

  private final String jdbcUrl;
  private final Properties properties;
  private final String query;

  private TableIds(String jdbcUrl, Properties properties, String query) {
    this.jdbcUrl = jdbcUrl;
    this.properties = properties;
    this.query = query;
  }

  /// The events that a DuckDB sink wrote.
  ///
  /// @param file the database, or the data folder of the server, which must hold exactly one
  static TableIds duckDb(Path file, String table) throws IOException {
    var properties = new Properties();
    properties.setProperty("duckdb.read_only", "true");
    return new TableIds("jdbc:duckdb:" + DataFiles.duckDb(file), properties, query(table));
  }

  /// The events among the dead letters that wait in a server's state store. Those of replays are
  /// not among them: their event has its place already, in the sink or as another dead letter.
  ///
  /// @param file the store, or the data folder of the server
  /// @param sink name of the sink that refused them, as the configuration has it
  static TableIds deadLetters(Path file, String sink) throws IOException {
    return new TableIds(
        "jdbc:sqlite:" + DataFiles.stateStore(file),
        new Properties(),
        "SELECT event_id FROM dead_letters WHERE run = 0 AND redriven_at IS NULL AND sink = '"
            + sink.replace("'", "''")
            + "'");
  }

  /// The events that a PostgreSQL sink wrote.
  ///
  /// @param url as libpq writes it, `postgres://user:password@host:port/database`
  static TableIds postgres(String url, String table) {
    var address = PostgresUrl.parse(url);
    return new TableIds(address.jdbcUrl(), address.properties(), query(table));
  }

  private static String query(String table) {
    return "SELECT CAST(event_id AS varchar) FROM " + quoted(table);
  }

  private static String quoted(String table) {
    return "\"" + table.replace("\"", "\"\"").replace(".", "\".\"") + "\"";
  }

  @Override
  public void forEach(Visitor visitor) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl, properties)) {
      // Without a transaction the PostgreSQL driver would hold the whole table in memory.
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.setFetchSize(FETCH_ROWS);
        try (var rows = statement.executeQuery(query)) {
          while (rows.next()) {
            visitor.visit(rows.getString(1));
          }
        }
      }
    }
  }
}
