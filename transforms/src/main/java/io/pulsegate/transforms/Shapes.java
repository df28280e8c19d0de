package io.pulsegate.transforms;

import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.List;
import java.util.Map;

/// Reads settings that are lists or maps; what does not fit is an IllegalArgumentException that
/// names the setting.
public final class Shapes {
  private Shapes() {}

  /// A map from names to values.
  public static Map<String, JsonValue> map(Settings settings, Setting<JsonValue> setting) {
    return map(setting.name(), settings.get(setting));
  }

  /// A map from names to values.
  ///
  /// @param name of the setting, for the message
  public static Map<String, JsonValue> map(String name, JsonValue value) {
    if (value instanceof JsonObject(Map<String, JsonValue> fields)) {
      return fields;
    }
    throw new IllegalArgumentException(name + " must be a map");
  }

  /// A list of maps.
  public static List<JsonObject> maps(Settings settings, Setting<JsonValue> setting) {
    return maps(setting.name(), settings.get(setting));
  }

  /// A list of maps.
  ///
  /// @param name of the setting, for the message
  public static List<JsonObject> maps(String name, JsonValue value) {
    return list(name, value).stream()
        .map(each -> new JsonObject(map("each of " + name, each)))
        .toList();
  }

  /// A list of texts.
  public static List<String> texts(Settings settings, Setting<JsonValue> setting) {
    return texts(setting.name(), settings.get(setting));
  }

  /// A list of texts.
  ///
  /// @param name of the setting, for the message
  public static List<String> texts(String name, JsonValue value) {
    return list(name, value).stream().map(each -> text("each of " + name, each)).toList();
  }

  /// A text; a number is one too, in its digits.
  ///
  /// @param name of the setting, for the message
  public static String text(String name, JsonValue value) {
    if (value instanceof JsonText(String text) && !text.isBlank()) {
      return text;
    }
    if (value instanceof JsonNumber(String digits)) {
      return digits;
    }
    throw new IllegalArgumentException(name + " must be a text");
  }

  private static List<JsonValue> list(String name, JsonValue value) {
    if (value instanceof JsonArray(List<JsonValue> elements)) {
      return elements;
    }
    throw new IllegalArgumentException(name + " must be a list");
  }
}
