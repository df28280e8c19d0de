package io.pulsegate.sinks.sql;

import io.pulsegate.sinks.sql.EventColumn.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  ///
  /// @param types the database's name of each kind of column
  public static Optional<String> findFault(List<Found> columns, Map<Kind, String> types) {
    List<String> faults = new ArrayList<>();
    for (EventColumn expected : EventColumn.values()) {
      String type = types.getOrDefault(expected.kind(), "");
      Optional<Found> found =
          columns.stream().filter(it -> it.name().equals(expected.columnName())).findFirst();
      if (found.isEmpty()) {
        faults.add("column %s (%s) is missing".formatted(expected.columnName(), type));
      } else if (!found.get().type().equalsIgnoreCase(type)) {
        faults.add(
            "column %s is %s and must be %s"
                .formatted(expected.columnName(), found.get().type(), type));
      } else if (found.get().needsValue() && !expected.isRequired()) {
        faults.add("column %s must allow NULL".formatted(expected.columnName()));
      }
    }
    for (Found found : columns) {
      if (found.needsValue() && !isOurs(found.name())) {
        faults.add(
            "column %s is not one of ours and must allow NULL or have a default"
                .formatted(found.name()));
      }
    }
    return faults.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", faults));
  }

  /// The refusal of a table with a fault.
  public static MisconfiguredException refuse(String table, String fault) {
    return new MisconfiguredException(
        ("table %s has another shape than this sink writes: %s. Change or rename that table, or set"
                + " another table for the sink; nothing was written to it")
            .formatted(table, fault));
  }

  private static boolean isOurs(String name) {
    return List.of(EventColumn.values()).stream().anyMatch(it -> it.columnName().equals(name));
  }
}
