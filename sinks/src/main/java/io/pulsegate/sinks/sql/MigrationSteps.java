package io.pulsegate.sinks.sql;

import io.pulsegate.sinks.sql.TableShape.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What turns a table into one with the declared columns: it adds columns, widens types, and lets
/// NULL in. It never takes a column away and never changes a value.
///
/// @param statements to be run in one transaction
/// @param obstacles what only a person can decide
public record MigrationSteps(List<String> statements, List<String> obstacles) {
  /// Nothing to do.
  public static final MigrationSteps NONE = new MigrationSteps(List.of(), List.of());

  public MigrationSteps {
    statements = List.copyOf(statements);
    obstacles = List.copyOf(obstacles);
  }

  /// @param columns of the table as it is
  public static MigrationSteps between(
      TableName table, TableLayout layout, List<Found> columns, ColumnTypes types) {
    List<String> statements = new ArrayList<>();
    List<String> obstacles = new ArrayList<>();
    for (Column column : layout.columns()) {
      Optional<Found> found = TableShape.find(columns, column.name());
      String alter = "ALTER TABLE %s ALTER COLUMN %s ".formatted(table.quoted(), column.quoted());
      if (found.isEmpty()) {
        // Rows that are there have no value for it; those to come are checked by the sink.
        statements.add(
            "ALTER TABLE %s ADD COLUMN %s".formatted(table.quoted(), types.define(column, false)));
        continue;
      }
      String type = types.of(column);
      String has = found.get().type();
      if (!has.equalsIgnoreCase(type)) {
        if (types.isWidening(has, column.kind())) {
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
}
