package io.pulsegate.sinks.sql;

import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.sinks.sql.Column.Origin;
import io.pulsegate.sinks.sql.EventColumn.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The settings that declare typed columns, for all sinks that have them.
public final class LayoutSettings {
  public static final Setting<JsonValue> COLUMNS =
      Setting.structure(
              "columns",
              "Map from a column to what it holds: a type (text, integer, bigint, double, numeric,"
                  + " boolean, timestamp, uuid, json) for the payload's field of that name; or a map"
                  + " of type, field (its path), from (a column of the event instead of a field) and"
                  + " required. A value that does not fit makes the event a dead letter.")
          .orElse("{}");
  public static final Setting<Boolean> ENVELOPE =
      Setting.bool(
              "envelope",
              "Whether the event's own columns, payload among them, stand before those of columns.")
          .orElse("true");
  public static final Setting<String> TIME_COLUMN =
      Setting.string(
              "time_column",
              "Column that partitions or chunks are made by: one taken from received_at or"
                  + " occurred_at. Default: the first of them.")
          .asOptional();

  private static final Map<String, Kind> TYPES = types();
  private static final Set<String> KEYS = Set.of("type", "field", "from", "required");

  private LayoutSettings() {}

  /// Reads them.
  ///
  /// @throws IllegalArgumentException naming the setting and the column
  public static TableLayout read(Settings settings) {
    if (!(settings.get(COLUMNS) instanceof JsonObject(var declared))) {
      throw new IllegalArgumentException("columns must be a map from columns to types");
    }
    List<Column> columns = new ArrayList<>();
    declared.forEach((name, value) -> {
      try {
        columns.add(column(name, value));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("columns." + name + ": " + e.getMessage(), e);
      }
    });
    return TableLayout.of(columns, settings.get(ENVELOPE), settings.find(TIME_COLUMN));
  }

  private static Column column(String name, JsonValue value) {
    return switch (value) {
      case JsonText(String type) -> new Column(name, kind(type), false, new Origin.Field(name));
      case JsonObject map -> column(name, map);
      default -> throw new IllegalArgumentException("must be a type, or a map with a type");
    };
  }

  private static Column column(String name, JsonObject map) {
    for (String key : map.fields().keySet()) {
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException(
            "\"%s\" is not known there; there are type, field, from and required".formatted(key));
      }
    }
    Optional<Kind> kind = text(map, "type").map(LayoutSettings::kind);
    Optional<String> field = text(map, "field");
    Optional<EventColumn> from = text(map, "from").map(LayoutSettings::envelope);
    boolean required = text(map, "required").map(LayoutSettings::truth).orElse(false);
    if (from.isEmpty()) {
      return new Column(
          name,
          kind.orElseThrow(() -> new IllegalArgumentException("needs a type")),
          required,
          new Origin.Field(path(field.orElse(name))));
    }
    EventColumn source = from.get();
    if (field.isPresent() || (kind.isPresent() && kind.get() != source.kind())) {
      throw new IllegalArgumentException(
          "is taken from %s, so it has no field and the type of that"
              .formatted(source.columnName()));
    }
    return new Column(
        name, source.kind(), required || source.isRequired(), new Origin.Envelope(source));
  }

  private static String path(String path) {
    if (path.isEmpty() || path.startsWith(".") || path.endsWith(".") || path.contains("..")) {
      throw new IllegalArgumentException(
          "field is a path of names with dots between; was \"" + path + "\"");
    }
    return path;
  }

  private static Optional<String> text(JsonObject map, String key) {
    return map.get(key)
        .map(value ->
            switch (value) {
              case JsonText(String text) -> text;
              case JsonValue.JsonBoolean(boolean truth) -> Boolean.toString(truth);
              default -> throw new IllegalArgumentException(key + " must be a single value");
            });
  }

  private static boolean truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(
              "required must be true or false, was \"" + text + "\"");
    };
  }

  private static Kind kind(String type) {
    return Optional.ofNullable(TYPES.get(type.toLowerCase(Locale.ROOT)))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no type \"%s\"; there are %s"
                    .formatted(type, String.join(", ", TYPES.keySet()))));
  }

  private static EventColumn envelope(String name) {
    for (EventColumn column : EventColumn.values()) {
      if (column.columnName().equals(name)) {
        return column;
      }
    }
    throw new IllegalArgumentException(
        "from names a column of the event, such as tenant_id or received_at; was \"" + name + "\"");
  }

  /// The declared name of a kind, for messages.
  static String nameOf(Kind kind) {
    return TYPES.entrySet().stream()
        .filter(type -> type.getValue() == kind)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("bytes");
  }

  private static Map<String, Kind> types() {
    var types = new LinkedHashMap<String, Kind>();
    types.put("text", Kind.TEXT);
    types.put("integer", Kind.INTEGER);
    types.put("bigint", Kind.LONG);
    types.put("double", Kind.DOUBLE);
    types.put("numeric", Kind.NUMERIC);
    types.put("boolean", Kind.BOOLEAN);
    types.put("timestamp", Kind.TIME);
    types.put("uuid", Kind.UUID);
    types.put("json", Kind.JSON);
    return types;
  }
}
