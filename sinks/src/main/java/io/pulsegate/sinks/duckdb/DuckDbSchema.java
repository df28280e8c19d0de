package io.pulsegate.sinks.duckdb;

import io.pulsegate.sinks.sql.Column;
import io.pulsegate.sinks.sql.ColumnTypes;
import io.pulsegate.sinks.sql.CursorTable;
import io.pulsegate.sinks.sql.Decimals;
import io.pulsegate.sinks.sql.EventColumn.Kind;
import io.pulsegate.sinks.sql.MigrationSteps;
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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// The tables in the file: made on first use, checked each time the file is opened.
final class DuckDbSchema {
  private static final int VERSION = 1;

  /// `numeric` is what BigQuery's NUMERIC is: DuckDB has no type that keeps every number.
  static final ColumnTypes TYPES =
      new ColumnTypes(
          Map.of(
              Kind.TEXT, "VARCHAR",
              Kind.TIME, "TIMESTAMP WITH TIME ZONE",
              Kind.JSON, "JSON",
              Kind.BYTES, "BLOB",
              Kind.LONG, "BIGINT",
              Kind.INTEGER, "INTEGER",
              Kind.DOUBLE, "DOUBLE",
              Kind.NUMERIC, "DECIMAL(38,9)",
              Kind.BOOLEAN, "BOOLEAN",
              Kind.UUID, "UUID"),
          Map.of(
              "TINYINT", Set.of(Kind.INTEGER, Kind.LONG, Kind.NUMERIC, Kind.DOUBLE),
              "SMALLINT", Set.of(Kind.INTEGER, Kind.LONG, Kind.NUMERIC, Kind.DOUBLE),
              "INTEGER", Set.of(Kind.LONG, Kind.NUMERIC, Kind.DOUBLE),
              "BIGINT", Set.of(Kind.NUMERIC),
              "FLOAT", Set.of(Kind.DOUBLE)),
          new Decimals(29, 9));

  private final TableName table;
  private final TableLayout layout;
  private final CursorTable cursors;
  private final SchemaTable versions;

  DuckDbSchema(TableName table, TableLayout layout, CursorTable cursors) {
    this.table = table;
    this.layout = layout;
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

  /// The columns of the table in its own order; empty where one is not ours.
  List<Optional<Column>> places(Connection connection) throws SQLException {
    return columns(connection).stream()
        .map(found ->
            layout.columns().stream().filter(it -> it.name().equals(found.name())).findFirst())
        .toList();
  }

  /// What has to be done to the table so that it has the declared columns.
  MigrationSteps migration(Connection connection) throws SQLException {
    List<Found> columns = columns(connection);
    return columns.isEmpty()
        ? MigrationSteps.NONE
        : MigrationSteps.between(table, layout, columns, TYPES);
  }

  private String createTableSql() {
    return "CREATE TABLE IF NOT EXISTS %s (%n%s)".formatted(table.quoted(), columnsSql(layout));
  }

  /// Columns as they are declared.
  static String columnsSql(TableLayout layout) {
    return layout.columns().stream()
        .map(column -> "  " + TYPES.define(column, column.required()))
        .collect(Collectors.joining(",\n"));
  }

  private void checkShape(List<Found> columns) throws SQLException {
    Optional<String> fault = TableShape.findFault(layout, columns, TYPES);
    if (fault.isPresent()) {
      throw TableShape.refuse(
          table.table(),
          fault.get(),
          "Stop the server and see what ./pulsegate migrate would do about it, change");
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
