package io.pulsegate.sinks.sql;

import io.pulsegate.sinks.sql.EventColumn.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the kinds of columns are in one database.
///
/// @param names the type of each kind, as the database itself writes it
/// @param wider types of the database, and the kinds that have a place for their every value
/// @param decimals the numbers that its type for [Kind#NUMERIC] keeps
public record ColumnTypes(
    Map<Kind, String> names, Map<String, Set<Kind>> wider, Decimals decimals) {
  private static final Pattern DECIMAL =
      Pattern.compile("(?:numeric|decimal)\\((\\d+),(-?\\d+)\\)");

  public ColumnTypes {
    names = Map.copyOf(names);
    wider = Map.copyOf(wider);
  }

  /// The type of a column.
  ///
  /// @throws IllegalArgumentException where the database has none of that kind
  public String of(Column column) {
    String type = names.get(column.kind());
    if (type == null) {
      throw new IllegalArgumentException(
          "column %s: this database has no type for %s"
              .formatted(column.name(), LayoutSettings.nameOf(column.kind())));
    }
    return type;
  }

  /// A column in a definition of a table.
  public String define(Column column, boolean required) {
    return "%s %s%s".formatted(column.quoted(), of(column), required ? " NOT NULL" : "");
  }

  /// Whether every value of a type of the database is one of a kind.
  boolean isWidening(String type, Kind kind) {
    Matcher decimal = DECIMAL.matcher(type.toLowerCase(Locale.ROOT));
    if (decimal.matches() && kind == Kind.NUMERIC) {
      int scale = Integer.parseInt(decimal.group(2));
      return decimals.hold(Integer.parseInt(decimal.group(1)) - scale, scale);
    }
    return wider.getOrDefault(type, Set.of()).contains(kind);
  }
}
