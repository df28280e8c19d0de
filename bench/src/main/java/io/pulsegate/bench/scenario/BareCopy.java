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
  private final Connection connection;
  private final Path file;

  /// @param file for the rows in between
  BareCopy(Connection connection, Path file) {
    this.connection = connection;
    this.file = file;
  }

  /// Takes the rows out of a table; their number.
  long export(String table) throws IOException, SQLException {
    try (var out = Files.newOutputStream(file)) {
      return copies().copyOut("COPY (SELECT * FROM " + table + ") TO STDOUT (FORMAT BINARY)", out);
    }
  }

  /// Copies them into a new table like it, in one transaction, and drops that.
  ///
  /// @param like a clause such as `INCLUDING INDEXES`
  /// @return rows per second, commit included
  double rowsPerSecond(String table, String like) throws IOException, SQLException {
    execute("DROP TABLE IF EXISTS bare_copy");
    execute("CREATE TABLE bare_copy (LIKE " + table + " " + like + ")");
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
