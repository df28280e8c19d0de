package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Replayable.Present;
import io.pulsegate.api.WriteResult;
import io.pulsegate.sinks.sql.TableLayout;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.duckdb.DuckDBConnection;

/// Brings rows of a replay into the table by way of a temporary one: an event that is there already
/// is left, or gives way. **An event is known by its tenant, its id and when it occurred**, which
/// no transform changes; the parts of a split have ids of their own.
final class DuckDbMerge {
  private static final String STAGING = "pulsegate_replay";
  private static final String SAME =
      "e.tenant_id = s.tenant_id AND e.event_id = s.event_id AND e.occurred_at = s.occurred_at";

  private final String table;
  private final Present present;
  private final RowAppender appender;
  private final String names;

  /// @param layout of the table; has the event's own columns
  DuckDbMerge(String table, TableLayout layout, Present present) {
    this.table = '"' + table + '"';
    this.present = present;
    this.names = layout.quotedNames();
    this.appender =
        new RowAppender(STAGING, layout, layout.columns().stream().map(Optional::of).toList());
  }

  /// As [RowAppender#append].
  Optional<WriteResult> append(DuckDBConnection connection, Batch batch, BooleanSupplier stopped)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE OR REPLACE TEMPORARY TABLE %s AS SELECT %s FROM %s LIMIT 0"
              .formatted(STAGING, names, table));
    }
    Optional<WriteResult> trouble = appender.append(connection, batch, stopped);
    if (trouble.isPresent()) {
      return trouble;
    }
    try (Statement statement = connection.createStatement()) {
      if (present == Present.OVERWRITE) {
        statement.execute(
            "DELETE FROM %s AS e USING %s AS s WHERE %s".formatted(table, STAGING, SAME));
      }
      statement.execute(
          """
          INSERT INTO %1$s (%2$s)
          SELECT DISTINCT ON (tenant_id, event_id, occurred_at) %2$s FROM %3$s AS s
          WHERE NOT EXISTS (SELECT 1 FROM %1$s AS e WHERE %4$s)
          ORDER BY tenant_id, event_id, occurred_at, log_offset\
          """
              .formatted(table, names, STAGING, SAME));
      statement.execute("DROP TABLE " + STAGING);
    }
    return Optional.empty();
  }
}
