package io.pulsegate.sim;

import io.pulsegate.testkit.TestPostgres;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

/// Looks into the database that a server under test writes to.
final class Tables {
  private Tables() {}

  static boolean exists(TestPostgres postgres, String database, String table) {
    return number(
            postgres, database, "SELECT count(*) FROM pg_class WHERE relname = '" + table + "'")
        > 0;
  }

  /// The one text that a query of a server's DuckDB answers; the server must have stopped.
  static String duckDb(Path data, String query) {
    try (var connection =
            DriverManager.getConnection("jdbc:duckdb:" + data.resolve("events.duckdb"));
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The one number that a query answers.
  static long number(TestPostgres postgres, String database, String query) {
    try (var connection = postgres.connect(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
