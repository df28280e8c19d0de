package io.pulsegate.sinks.sql;

import io.pulsegate.sinks.sql.EventColumn.Kind;
import java.util.regex.Pattern;

/// One column that a sink writes.
///
/// @param name letters, digits and `_`, so that quoting it is all that SQL needs
/// @param required whether it is never NULL
public record Column(String name, Kind kind, boolean required, Origin origin) {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

  public Column {
    if (!ALLOWED.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a column's name is 1 to 63 letters, digits or '_', not beginning with a digit; was \""
              + name
              + "\"");
    }
  }

  /// Where its value is taken from.
  public sealed interface Origin {
    /// What is known of every event.
    record Envelope(EventColumn column) implements Origin {}

    /// A field of the payload.
    ///
    /// @param path names with dots between
    record Field(String path) implements Origin {}
  }

  /// A column of the events table under its own name.
  static Column of(EventColumn column) {
    return new Column(
        column.columnName(), column.kind(), column.isRequired(), new Origin.Envelope(column));
  }

  /// Its name as SQL takes it.
  public String quoted() {
    return '"' + name + '"';
  }
}
