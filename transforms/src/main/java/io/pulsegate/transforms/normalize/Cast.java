package io.pulsegate.transforms.normalize;

import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonBoolean;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a field can be made into. Numbers keep their digits.
enum Cast {
  STRING,
  NUMBER,
  BOOLEAN;

  /// A number as JSON writes it.
  private static final Pattern NUMBER_TEXT =
      Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

  /// @throws IllegalArgumentException with the names there are
  static Cast of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "string" -> STRING;
      case "number" -> NUMBER;
      case "boolean" -> BOOLEAN;
      default ->
          throw new IllegalArgumentException(
              "cast knows string, number and boolean, was \"" + name + "\"");
    };
  }

  /// The value as this; empty where it cannot be.
  Optional<JsonValue> apply(JsonValue value) {
    return switch (this) {
      case STRING -> toText(value);
      case NUMBER -> toNumber(value);
      case BOOLEAN -> toBoolean(value);
    };
  }

  private static Optional<JsonValue> toText(JsonValue value) {
    return switch (value) {
      case JsonText text -> Optional.of(text);
      case JsonNumber(String digits) -> Optional.of(new JsonText(digits));
      case JsonBoolean(boolean flag) -> Optional.of(new JsonText(Boolean.toString(flag)));
      default -> Optional.empty();
    };
  }

  private static Optional<JsonValue> toNumber(JsonValue value) {
    return switch (value) {
      case JsonNumber number -> Optional.of(number);
      case JsonBoolean(boolean flag) -> Optional.of(JsonNumber.of(flag ? 1 : 0));
      case JsonText(String text) ->
          Optional.of(text.strip())
              .filter(digits -> NUMBER_TEXT.matcher(digits).matches())
              .map(JsonNumber::new);
      default -> Optional.empty();
    };
  }

  private static Optional<JsonValue> toBoolean(JsonValue value) {
    return switch (value) {
      case JsonBoolean flag -> Optional.of(flag);
      case JsonNumber(String digits) -> named(digits);
      case JsonText(String text) -> named(text.strip().toLowerCase(Locale.ROOT));
      default -> Optional.empty();
    };
  }

  private static Optional<JsonValue> named(String word) {
    return switch (word) {
      case "true", "yes", "1" -> Optional.of(new JsonBoolean(true));
      case "false", "no", "0" -> Optional.of(new JsonBoolean(false));
      default -> Optional.empty();
    };
  }
}
