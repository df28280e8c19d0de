package io.pulsegate.sinks.sql;

import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of a table, with its schema where one is given. Only letters, digits and `_`, so that
/// quoting it is all that SQL needs.
///
/// @param schema the schema, where the database is not to choose it
/// @param table at most 48 characters, which leaves room for the names of partitions and indexes
public record TableName(Optional<String> schema, String table) {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,47}");

  public TableName {
    schema.ifPresent(TableName::check);
    check(table);
  }

  /// Reads `table` or `schema.table`.
  ///
  /// @throws IllegalArgumentException saying what is allowed
  public static TableName parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0
        ? new TableName(Optional.empty(), text)
        : new TableName(Optional.of(text.substring(0, dot)), text.substring(dot + 1));
  }

  /// Reads a setting.
  ///
  /// @throws IllegalArgumentException naming the setting and saying what is allowed
  public static TableName of(Settings settings, Setting<String> setting) {
    try {
      return parse(settings.get(setting));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting.name() + " " + e.getMessage(), e);
    }
  }

  /// Another table in the same schema.
  public TableName sibling(String other) {
    return new TableName(schema, other);
  }

  /// The name as SQL takes it.
  public String quoted() {
    return schema.map(name -> quote(name) + ".").orElse("") + quote(table);
  }

  @Override
  public String toString() {
    return schema.map(name -> name + ".").orElse("") + table;
  }

  private static String quote(String name) {
    return '"' + name + '"';
  }

  private static void check(String name) {
    if (!ALLOWED.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "is 1 to 48 letters, digits or '_', not beginning with a digit; was \"" + name + "\"");
    }
  }
}
