package io.pulsegate.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A JSON value as an object, for the places where one is worth its cost: transforms, settings,
/// pages. Immutable; a changed one is another one.
///
/// Numbers keep their digits as they were written. Of names that occur twice in an object the last
/// one counts, and a lone surrogate is U+FFFD.
public sealed interface JsonValue {
  /// An object; fields stay in their order.
  record JsonObject(Map<String, JsonValue> fields) implements JsonValue {
    public static final JsonObject EMPTY = new JsonObject(Map.of());

    public JsonObject {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// A field's value.
    public Optional<JsonValue> get(String name) {
      return Optional.ofNullable(fields.get(name));
    }

    /// The value at a path of names, `user.address.city`; a name that holds a dot cannot be named.
    public Optional<JsonValue> at(String path) {
      int dot = path.indexOf('.');
      if (dot < 0) {
        return get(path);
      }
      return fields.get(path.substring(0, dot)) instanceof JsonObject inner
          ? inner.at(path.substring(dot + 1))
          : Optional.empty();
    }

    /// The same object with a field set, in its old place where it had one.
    public JsonObject with(String name, JsonValue value) {
      var changed = new LinkedHashMap<>(fields);
      changed.put(name, value);
      return new JsonObject(changed);
    }

    /// The same object with the value at a path set; objects on the way are made where there is
    /// none, and other values in the way are replaced by them.
    public JsonObject withAt(String path, JsonValue value) {
      int dot = path.indexOf('.');
      if (dot < 0) {
        return with(path, value);
      }
      String name = path.substring(0, dot);
      JsonObject inner = fields.get(name) instanceof JsonObject object ? object : JsonObject.EMPTY;
      return with(name, inner.withAt(path.substring(dot + 1), value));
    }

    /// The same object without what is at a path.
    public JsonObject withoutAt(String path) {
      int dot = path.indexOf('.');
      String name = dot < 0 ? path : path.substring(0, dot);
      if (dot >= 0) {
        return fields.get(name) instanceof JsonObject object
            ? with(name, object.withoutAt(path.substring(dot + 1)))
            : this;
      }
      if (!fields.containsKey(name)) {
        return this;
      }
      var changed = new LinkedHashMap<>(fields);
      changed.remove(name);
      return new JsonObject(changed);
    }

    @Override
    public String toString() {
      return json();
    }
  }

  /// An array.
  record JsonArray(List<JsonValue> elements) implements JsonValue {
    public JsonArray {
      elements = List.copyOf(elements);
    }

    @Override
    public String toString() {
      return json();
    }
  }

  /// A string.
  record JsonText(String text) implements JsonValue {
    @Override
    public String toString() {
      return json();
    }
  }

  /// A number, in the digits it was written with.
  record JsonNumber(String digits) implements JsonValue {
    public static JsonNumber of(long number) {
      return new JsonNumber(Long.toString(number));
    }

    public static JsonNumber of(BigDecimal number) {
      return new JsonNumber(number.toString());
    }

    /// Its exact value; may be large: an exponent is not spelled out.
    public BigDecimal decimal() {
      return new BigDecimal(digits);
    }

    @Override
    public String toString() {
      return digits;
    }
  }

  /// `true` or `false`.
  record JsonBoolean(boolean value) implements JsonValue {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /// `null`.
  record JsonNull() implements JsonValue {
    @Override
    public String toString() {
      return "null";
    }
  }

  /// Reads a document.
  ///
  /// @throws JsonException saying what is wrong with it, and where
  static JsonValue parse(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return parse(bytes, 0, bytes.length);
  }

  /// Reads a document: the bytes from index `from` up to, not including, `to`.
  ///
  /// @throws JsonException saying what is wrong with it, and where
  static JsonValue parse(byte[] bytes, int from, int to) {
    return parse(bytes, from, to, JsonLimits.DEFAULT);
  }

  /// Reads a document within other limits.
  ///
  /// @throws JsonException saying what is wrong with it, and where
  static JsonValue parse(byte[] bytes, int from, int to, JsonLimits limits) {
    var scanner = new JsonScanner(limits);
    scanner.reset(bytes, from, to);
    JsonValue value = read(scanner, bytes);
    scanner.end();
    return value;
  }

  private static JsonValue read(JsonScanner scanner, byte[] bytes) {
    return switch (scanner.peek()) {
      case OBJECT -> {
        var fields = new LinkedHashMap<String, JsonValue>();
        scanner.enterObject();
        while (scanner.nextField()) {
          fields.put(scanner.fieldName(), read(scanner, bytes));
        }
        yield new JsonObject(fields);
      }
      case ARRAY -> {
        var elements = new ArrayList<JsonValue>();
        scanner.enterArray();
        while (scanner.nextElement()) {
          elements.add(read(scanner, bytes));
        }
        yield new JsonArray(elements);
      }
      case STRING -> {
        scanner.skipValue();
        yield new JsonText(scanner.text());
      }
      case NUMBER -> {
        scanner.skipValue();
        int length = scanner.valueEnd() - scanner.valueStart();
        yield new JsonNumber(
            new String(bytes, scanner.valueStart(), length, StandardCharsets.US_ASCII));
      }
      case TRUE -> literal(scanner, new JsonBoolean(true));
      case FALSE -> literal(scanner, new JsonBoolean(false));
      case NULL -> literal(scanner, new JsonNull());
    };
  }

  private static JsonValue literal(JsonScanner scanner, JsonValue value) {
    scanner.skipValue();
    return value;
  }

  /// Writes it where a value may stand.
  default void writeTo(JsonWriter writer) {
    switch (this) {
      case JsonObject(Map<String, JsonValue> fields) -> {
        writer.beginObject();
        fields.forEach((name, value) -> value.writeTo(writer.name(name)));
        writer.endObject();
      }
      case JsonArray(List<JsonValue> elements) -> {
        writer.beginArray();
        elements.forEach(element -> element.writeTo(writer));
        writer.endArray();
      }
      case JsonText(String text) -> writer.value(text);
      case JsonNumber(String digits) -> writer.raw(digits.getBytes(StandardCharsets.US_ASCII));
      case JsonBoolean(boolean value) -> writer.value(value);
      case JsonNull() -> writer.nullValue();
    }
  }

  /// As JSON text, without spaces.
  default String json() {
    var writer = new JsonWriter();
    writeTo(writer);
    return writer.toString();
  }
}
