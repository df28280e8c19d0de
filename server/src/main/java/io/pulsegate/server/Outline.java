package io.pulsegate.server;

import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.List;
import java.util.Map;

/// JSON as an indented outline, for people.
final class Outline {
  private Outline() {}

  /// One line for each value; what is empty is left out.
  static String of(JsonValue value) {
    var out = new StringBuilder();
    write(out, "", value);
    return out.toString();
  }

  private static void write(StringBuilder out, String indent, JsonValue value) {
    switch (value) {
      case JsonObject(Map<String, JsonValue> fields) ->
          fields.forEach((name, inner) -> field(out, indent, name, inner));
      case JsonArray(List<JsonValue> elements) ->
          elements.forEach(element -> {
            var inner = new StringBuilder();
            write(inner, indent + "  ", element);
            if (inner.length() > indent.length()) {
              inner.setCharAt(indent.length(), '-');
            }
            out.append(inner);
          });
      default -> out.append(indent).append(text(value)).append('\n');
    }
  }

  private static void field(StringBuilder out, String indent, String name, JsonValue value) {
    boolean isEmpty =
        value.equals(new JsonText(""))
            || value.equals(JsonObject.EMPTY)
            || value.equals(new JsonArray(List.of()));
    if (isEmpty) {
      return;
    }
    if (value instanceof JsonObject || value instanceof JsonArray) {
      out.append(indent).append(name).append(":\n");
      write(out, indent + "  ", value);
    } else {
      out.append(indent).append(name).append(": ").append(text(value)).append('\n');
    }
  }

  private static String text(JsonValue value) {
    return value instanceof JsonText(String text) ? text : value.json();
  }
}
