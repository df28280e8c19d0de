package io.pulsegate.transforms.schema;

import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonBoolean;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Whether one schema takes everything that another one takes. On the safe side: what it cannot
/// compare (`oneOf`, `$ref` and so on) must be the same in both.
///
/// A field that the narrower one does not name counts as not there, so that a new optional field is
/// compatible, as people mean it.
final class Compatibility {
  private static final Set<String> WORDS_ONLY =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly");
  private static final Set<String> LOWEST =
      Set.of("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");
  private static final Set<String> HIGHEST =
      Set.of("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties");
  private static final JsonValue ANYTHING = new JsonBoolean(true);

  private Compatibility() {}

  /// Why not; empty where it does.
  ///
  /// @param narrow whose values
  /// @param wide must take
  static Optional<String> whyNot(JsonValue narrow, JsonValue wide) {
    return whyNot(narrow, wide, "");
  }

  private static Optional<String> whyNot(JsonValue narrow, JsonValue wide, String path) {
    if (isAnything(wide) || narrow.equals(new JsonBoolean(false))) {
      return Optional.empty();
    }
    if (!(wide instanceof JsonObject wider)) {
      return at(path, "nothing may be there");
    }
    JsonObject narrower = narrow instanceof JsonObject object ? object : JsonObject.EMPTY;
    var keywords = new TreeSet<String>(wider.fields().keySet());
    if (narrower.get("properties").isPresent()) {
      keywords.add("properties");
    }
    for (String keyword : keywords) {
      Optional<String> why = keyword(keyword, narrower, wider, path);
      if (why.isPresent()) {
        return why;
      }
    }
    return Optional.empty();
  }

  private static boolean isAnything(JsonValue schema) {
    return schema.equals(ANYTHING) || schema.equals(JsonObject.EMPTY);
  }

  private static Optional<String> at(String path, String why) {
    return Optional.of((path.isEmpty() ? "/" : path) + ": " + why);
  }

  private static Optional<String> keyword(
      String keyword, JsonObject narrow, JsonObject wide, String path) {
    if (WORDS_ONLY.contains(keyword)) {
      return Optional.empty();
    }
    if (LOWEST.contains(keyword) || HIGHEST.contains(keyword)) {
      return bound(keyword, narrow, wide, path);
    }
    return switch (keyword) {
      case "type" -> type(narrow, wide, path);
      case "enum", "const" -> values(narrow, wide, path);
      case "required" -> required(narrow, wide, path);
      case "properties" -> properties(narrow, wide, path);
      case "additionalProperties", "items" ->
          whyNot(
              narrow.get(keyword).orElse(ANYTHING),
              wide.get(keyword).orElse(ANYTHING),
              path + "/" + keyword);
      default ->
          narrow.get(keyword).equals(wide.get(keyword))
              ? Optional.empty()
              : at(path, keyword + " is another, and cannot be compared");
    };
  }

  private static Optional<String> bound(
      String keyword, JsonObject narrow, JsonObject wide, String path) {
    Optional<BigDecimal> before = number(narrow, keyword);
    Optional<BigDecimal> now = number(wide, keyword);
    if (now.isEmpty()) {
      return Optional.empty();
    }
    boolean holds =
        before.isPresent()
            && (LOWEST.contains(keyword)
                ? now.get().compareTo(before.get()) <= 0
                : now.get().compareTo(before.get()) >= 0);
    return holds ? Optional.empty() : at(path, keyword + " is stricter");
  }

  private static Optional<BigDecimal> number(JsonObject schema, String keyword) {
    return schema
        .get(keyword)
        .flatMap(value ->
            value instanceof JsonNumber number
                ? Optional.of(number.decimal())
                : Optional.<BigDecimal>empty());
  }

  private static Optional<String> type(JsonObject narrow, JsonObject wide, String path) {
    Set<String> before = types(narrow);
    Set<String> now = types(wide);
    if (now.contains("number")) {
      now.add("integer");
    }
    if (now.isEmpty() || (!before.isEmpty() && now.containsAll(before))) {
      return Optional.empty();
    }
    return at(path, "type is stricter");
  }

  private static Set<String> types(JsonObject schema) {
    var types = new HashSet<String>();
    switch (schema.get("type").orElse(JsonObject.EMPTY)) {
      case JsonText(String one) -> types.add(one);
      case JsonArray(List<JsonValue> several) ->
          several.forEach(each -> types.add(each instanceof JsonText(String one) ? one : ""));
      default -> {}
    }
    return types;
  }

  private static Optional<String> values(JsonObject narrow, JsonObject wide, String path) {
    Optional<Set<JsonValue>> before = allowed(narrow);
    Optional<Set<JsonValue>> now = allowed(wide);
    if (now.isEmpty() || (before.isPresent() && now.get().containsAll(before.get()))) {
      return Optional.empty();
    }
    return at(path, "fewer values are allowed");
  }

  private static Optional<Set<JsonValue>> allowed(JsonObject schema) {
    Optional<JsonValue> only = schema.get("const");
    if (only.isPresent()) {
      return Optional.of(Set.of(only.get()));
    }
    return schema
        .get("enum")
        .flatMap(value ->
            value instanceof JsonArray(List<JsonValue> several)
                ? Optional.<Set<JsonValue>>of(new HashSet<>(several))
                : Optional.<Set<JsonValue>>empty());
  }

  private static Optional<String> required(JsonObject narrow, JsonObject wide, String path) {
    Set<JsonValue> before = new HashSet<>(list(narrow));
    for (JsonValue name : list(wide)) {
      if (!before.contains(name)) {
        return at(path, "required has " + name.json() + " now");
      }
    }
    return Optional.empty();
  }

  private static List<JsonValue> list(JsonObject schema) {
    return schema.get("required").orElse(JsonObject.EMPTY)
            instanceof JsonArray(List<JsonValue> names)
        ? names
        : List.of();
  }

  private static Optional<String> properties(JsonObject narrow, JsonObject wide, String path) {
    JsonObject before = object(narrow);
    JsonObject now = object(wide);
    for (var field : before.fields().entrySet()) {
      JsonValue taken =
          now.get(field.getKey()).or(() -> wide.get("additionalProperties")).orElse(ANYTHING);
      Optional<String> why = whyNot(field.getValue(), taken, path + "/" + field.getKey());
      if (why.isPresent()) {
        return why;
      }
    }
    return Optional.empty();
  }

  private static JsonObject object(JsonObject schema) {
    return schema.get("properties").orElse(JsonObject.EMPTY) instanceof JsonObject properties
        ? properties
        : JsonObject.EMPTY;
  }
}
