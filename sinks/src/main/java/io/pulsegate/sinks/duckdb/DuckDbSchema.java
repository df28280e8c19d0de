package io.pulsegate.sinks.duckdb;

import io.pulsegate.sinks.sql.CursorTable;
import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.EventColumn.Kind;
import io.pulsegate.sinks.sql.SchemaTable;
import io.pulsegate.sinks.sql.TableLayout;
import io.pulsegate.sinks.sql.TableName;
import io.pulsegate.sinks.sql.TableShape;
import io.pulsegate.sinks.sql.TableShape.Found;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The tables in the file: made on first use, checked each time the file is opened.
final class DuckDbSchema {
  private static final int VERSION = 1;
  private static final Map<Kind, String> TYPES =
      Map.of(
          Kind.TEXT, "VARCHAR",
          Kind.TIME, "TIMESTAMP WITH TIME ZONE",
          Kind.JSON, "JSON",
          Kind.BYTES, "BLOB",
          Kind.LONG, "BIGINT");

  private final TableName table;
  private final CursorTable cursors;
  private final SchemaTable versions;

  DuckDbSchema(TableName table, CursorTable cursors) {
    this.table = table;
    this.cursors = cursors;
    this.versions = new SchemaTable(table.sibling(SchemaTable.NAME));
  }

  /// Makes what is missing, in one transaction, and checks what is there.
  void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN TRANSACTION");
      statement.execute(versions.createSql());
      statement.execute(cursors.createSql());
      OptionalInt version = versions.versionOf(connection, table.table());
      SchemaTable.refuseNewer(table.table(), version.orElse(0), VERSION);
      statement.execute(createTableSql());
      checkShape(columns(connection));
      if (version.isEmpty()) {
        versions.record(connection, table.table(), VERSION);
      }
      statement.execute("COMMIT");
    }
  }

  /// How many columns the table has behind ours.
  int extraColumns(Connection connection) throws SQLException {
    return columns(connection).size() - EventColumn.values().length;
  }

  private String createTableSql() {
    String columns =
        Stream.of(EventColumn.values())
            .map(column ->
                "  %s %s%s"
                    .formatted(
                        column.columnName(),
                        TYPES.getOrDefault(column.kind(), ""),
                        column.isRequired() ? " NOT NULL" : ""))
            .collect(Collectors.joining(",\n"));
    return "CREATE TABLE IF NOT EXISTS %s (%n%s)".formatted(table.quoted(), columns);
  }

  private void checkShape(List<Found> columns) throws SQLException {
    var fault = TableShape.findFault(TableLayout.EVENTS, columns, TYPES);
    if (fault.isPresent()) {
      throw TableShape.refuse(table.table(), fault.get(), "Change");
    }
    int place = 0;
    for (EventColumn column : EventColumn.values()) {
      // The appender writes by place.
      if (!columns.get(place++).name().equals(column.columnName())) {
        throw TableShape.refuse(
            table.table(),
            "column %s must stand at place %d".formatted(column.columnName(), place),
            "Change");
      }
    }
  }

  private List<Found> columns(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT column_name, data_type, is_nullable = 'NO' AND column_default IS NULL
            FROM information_schema.columns
            WHERE table_catalog = current_database() AND table_schema = current_schema()
              AND table_name = ?
            ORDER BY ordinal_position\
            """)) {
      statement.setString(1, table.table());
      List<Found> columns = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.add(new Found(row.getString(1), row.getString(2), row.getBoolean(3)));
        }
      }
      return columns;
    }
  }
}
