package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.Replayable.Present;
import io.pulsegate.sinks.sql.TableLayout;
import io.pulsegate.sinks.sql.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// Brings rows of a replay into the table by way of a temporary one: an event that is there already
/// is left, or gives way. **An event is known by its tenant, its id and when it occurred**, which
/// no transform changes; the parts of a split have ids of their own.
///
/// Only rows received no earlier than the batch are looked at: an event is never there before it
/// was accepted first.
final class PostgresMerge {
  static final String STAGING = "pulsegate_replay";

  private final Connection connection;
  private final String table;
  private final String columns;
  private final Present present;

  private PostgresMerge(Connection connection, String table, String columns, Present present) {
    this.connection = connection;
    this.table = table;
    this.columns = columns;
    this.present = present;
  }

  /// @param layout with the event's own columns among others
  static PostgresMerge open(
      Connection connection, TableName table, TableLayout layout, Present present)
      throws SQLException {
    execute(
        connection,
        "CREATE TEMPORARY TABLE IF NOT EXISTS %s (LIKE %s) ON COMMIT DELETE ROWS"
            .formatted(STAGING, table.quoted()));
    connection.commit();
    return new PostgresMerge(connection, table.quoted(), layout.quotedNames(), present);
  }

  /// Before rows are copied into the temporary table.
  void begin() throws SQLException {
    execute(connection, "DELETE FROM " + STAGING);
  }

  /// Takes the rows over.
  void finish(Batch batch) throws SQLException {
    String same =
        "e.tenant_id = s.tenant_id AND e.event_id = s.event_id AND e.occurred_at = s.occurred_at AND e.received_at >= '%s'"
            .formatted(Event.ofMicros(firstReceived(batch)));
    if (present == Present.OVERWRITE) {
      execute(
          connection, "DELETE FROM %s AS e USING %s AS s WHERE %s".formatted(table, STAGING, same));
    }
    execute(
        connection,
        """
        INSERT INTO %1$s (%2$s)
        SELECT DISTINCT ON (tenant_id, event_id, occurred_at) %2$s FROM %3$s AS s
        WHERE NOT EXISTS (SELECT 1 FROM %1$s AS e WHERE %4$s)
        ORDER BY tenant_id, event_id, occurred_at, log_offset\
        """
            .formatted(table, columns, STAGING, same));
  }

  private static long firstReceived(Batch batch) {
    long first = Long.MAX_VALUE;
    for (EventCursor event = batch.cursorOverEvents(); event.next(); ) {
      first = Math.min(first, event.receivedAtMicros());
    }
    return first;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
