package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Migratable.Plan;
import io.pulsegate.sinks.sql.MigrationSteps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import org.duckdb.DuckDBConnection;

/// Brings the table of a file to the declared columns, by command. The file is opened without the
/// checks that a delivery begins with, and no server may have it open.
final class DuckDbMigration {
  private final Path file;
  private final DuckDbDatabase.Limits limits;
  private final DuckDbSchema schema;

  DuckDbMigration(Path file, DuckDbDatabase.Limits limits, DuckDbSchema schema) {
    this.file = file;
    this.limits = limits;
    this.schema = schema;
  }

  /// Finds what is to be done, and does it where that is asked for, in one transaction.
  Plan.Steps run(boolean apply) throws SQLException {
    if (!Files.exists(file)) {
      // It is made, with its table, when something is delivered.
      return steps(MigrationSteps.NONE);
    }
    var database = new DuckDbDatabase(file, false, limits, connection -> {});
    try {
      DuckDBConnection connection = database.connection();
      MigrationSteps steps = schema.migration(connection);
      if (apply && steps.obstacles().isEmpty()) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("BEGIN TRANSACTION");
          for (String sql : steps.statements()) {
            statement.execute(sql);
          }
          statement.execute("COMMIT");
        }
      }
      return steps(steps);
    } finally {
      database.end();
    }
  }

  private static Plan.Steps steps(MigrationSteps steps) {
    return new Plan.Steps(steps.statements(), steps.obstacles());
  }
}
