package io.pulsegate.sinks.postgres;

import io.pulsegate.sinks.sql.Column;
import io.pulsegate.sinks.sql.EventColumn.Kind;
import io.pulsegate.sinks.sql.TableLayout;
import io.pulsegate.sinks.sql.TableName;
import io.pulsegate.sinks.sql.TableShape;
import io.pulsegate.sinks.sql.TableShape.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What turns a table into one with the declared columns: it adds columns, widens types, and lets
/// NULL in. It never takes a column away and never changes a value.
///
/// @param statements to be run in one transaction
/// @param obstacles what only a person can decide
record MigrationSteps(List<String> statements, List<String> obstacles) {
  static final MigrationSteps NONE = new MigrationSteps(List.of(), List.of());

  /// Types whose every value is the same in the others.
  private static final Map<String, Set<Kind>> WIDER =
      Map.of(
          "smallint", Set.of(Kind.INTEGER, Kind.LONG, Kind.NUMERIC, Kind.DOUBLE),
          "integer", Set.of(Kind.LONG, Kind.NUMERIC, Kind.DOUBLE),
          "bigint", Set.of(Kind.NUMERIC),
          "real", Set.of(Kind.DOUBLE));

  MigrationSteps {
    statements = List.copyOf(statements);
    obstacles = List.copyOf(obstacles);
  }

  static MigrationSteps between(TableName table, TableLayout layout, List<Found> columns) {
    List<String> statements = new ArrayList<>();
    List<String> obstacles = new ArrayList<>();
    for (Column column : layout.columns()) {
      Optional<Found> found = TableShape.find(columns, column.name());
      String alter = "ALTER TABLE %s ALTER COLUMN %s ".formatted(table.quoted(), column.quoted());
      if (found.isEmpty()) {
        // Rows that are there have no value for it; those to come are checked by the sink.
        statements.add(
            "ALTER TABLE %s ADD COLUMN %s"
                .formatted(table.quoted(), SchemaSql.columnSql(column, false)));
        continue;
      }
      String type = SchemaSql.TYPES.getOrDefault(column.kind(), "");
      String has = found.get().type();
      if (!has.equals(type)) {
        if (isWidening(has, column.kind())) {
          statements.add(alter + "TYPE " + type);
        } else {
          obstacles.add(
              ("column %s is %s and must be %s, and not every value of the one is a value of the"
                      + " other: declare another column, or change this one by hand")
                  .formatted(column.name(), has, type));
        }
      }
      if (found.get().needsValue() && !column.required()) {
        statements.add(alter + "DROP NOT NULL");
      }
    }
    columns.stream()
        .filter(found -> found.needsValue() && TableShape.isForeign(layout, found))
        .forEach(found ->
            statements.add(
                "ALTER TABLE %s ALTER COLUMN \"%s\" DROP NOT NULL"
                    .formatted(table.quoted(), found.name().replace("\"", "\"\""))));
    return new MigrationSteps(statements, obstacles);
  }

  private static boolean isWidening(String has, Kind kind) {
    boolean numeric = has.startsWith("numeric(") && kind == Kind.NUMERIC;
    return numeric || WIDER.getOrDefault(has, Set.of()).contains(kind);
  }
}
