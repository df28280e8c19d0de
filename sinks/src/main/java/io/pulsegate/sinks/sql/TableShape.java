package io.pulsegate.sinks.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compares a table found in the database with what the sink writes.
public final class TableShape {
  private TableShape() {}

  /// One column as the database describes it.
  ///
  /// @param type as the database writes it
  /// @param needsValue whether a row without a value for it is refused
  public record Found(String name, String type, boolean needsValue) {}

  /// What is wrong with the table, for a person; empty where the sink can write to it.
  public static Optional<String> findFault(
      TableLayout layout, List<Found> columns, ColumnTypes types) {
    List<String> faults = new ArrayList<>();
    for (Column expected : layout.columns()) {
      String type = types.of(expected);
      Optional<Found> found = find(columns, expected.name());
      if (found.isEmpty()) {
        faults.add("column %s (%s) is missing".formatted(expected.name(), type));
      } else if (!found.get().type().equalsIgnoreCase(type)) {
        faults.add(
            "column %s is %s and must be %s".formatted(expected.name(), found.get().type(), type));
      } else if (found.get().needsValue() && !expected.required()) {
        faults.add("column %s must allow NULL".formatted(expected.name()));
      }
    }
    for (Found found : columns) {
      if (found.needsValue() && isForeign(layout, found)) {
        faults.add(
            "column %s is not one of ours and must allow NULL or have a default"
                .formatted(found.name()));
      }
    }
    return faults.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", faults));
  }

  /// The column of a name.
  public static Optional<Found> find(List<Found> columns, String name) {
    return columns.stream().filter(it -> it.name().equals(name)).findFirst();
  }

  /// Whether the sink does not write to a column.
  public static boolean isForeign(TableLayout layout, Found found) {
    return layout.columns().stream().noneMatch(it -> it.name().equals(found.name()));
  }

  /// The refusal of a table with a fault.
  ///
  /// @param remedy what else could be done, as a part of the sentence
  public static MisconfiguredException refuse(String table, String fault, String remedy) {
    return new MisconfiguredException(
        ("table %s has another shape than this sink writes: %s. %s or rename that table, or set"
                + " another table for the sink; nothing was written to it")
            .formatted(table, fault, remedy));
  }
}
