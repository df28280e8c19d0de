package io.pulsegate.transforms;

import io.pulsegate.api.TransformEvent;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonBoolean;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Whether an event is meant: by its type and by fields of its payload, in the words that routes
/// use.
public final class EventTest {
  private static final Set<String> FIELD_KEYS = Set.of("field", "in", "not_in", "exists");

  private final List<Pattern> types;
  private final List<FieldTest> fields;

  /// @param in values of which the field has one
  /// @param notIn values of which the field has none, or is not there
  /// @param exists whether it must be there
  private record FieldTest(
      String path,
      Optional<List<JsonValue>> in,
      Optional<List<JsonValue>> notIn,
      Optional<Boolean> exists) {
    boolean holds(JsonObject payload) {
      Optional<JsonValue> value = payload.at(path);
      return (exists.isEmpty() || exists.get() == value.isPresent())
          && (in.isEmpty() || value.filter(each -> isOneOf(each, in.get())).isPresent())
          && (notIn.isEmpty() || value.filter(each -> isOneOf(each, notIn.get())).isEmpty());
    }

    private static boolean isOneOf(JsonValue value, List<JsonValue> values) {
      return values.stream().anyMatch(each -> isSame(value, each));
    }

    /// Equal, and a number as a number: 1.0 is 1.
    private static boolean isSame(JsonValue value, JsonValue other) {
      if (value.equals(other)) {
        return true;
      }
      try {
        return value instanceof JsonNumber one
            && other instanceof JsonNumber two
            && one.decimal().compareTo(two.decimal()) == 0;
      } catch (NumberFormatException exponentBeyondTwoBillion) {
        return false;
      }
    }
  }

  private EventTest(List<Pattern> types, List<FieldTest> fields) {
    this.types = types;
    this.fields = fields;
  }

  /// @param typePatterns of which one must fit, `*` for any characters; any type where empty
  /// @param fieldTests that must all hold: maps of `field` and `in`, `not_in` or `exists`
  /// @throws IllegalArgumentException saying which test is not as it must be
  public static EventTest of(List<String> typePatterns, List<JsonObject> fieldTests) {
    return new EventTest(
        typePatterns.stream().map(EventTest::glob).toList(),
        fieldTests.stream().map(EventTest::fieldTest).toList());
  }

  /// Whether it is meant.
  public boolean holds(TransformEvent event) {
    return (types.isEmpty()
            || types.stream().anyMatch(type -> type.matcher(event.type()).matches()))
        && fields.stream().allMatch(field -> field.holds(event.payload()));
  }

  private static Pattern glob(String pattern) {
    var regex = new ArrayList<String>();
    for (String part : pattern.split("\\*+", -1)) {
      regex.add(part.isEmpty() ? "" : Pattern.quote(part));
    }
    return Pattern.compile(String.join(".*", regex), Pattern.DOTALL);
  }

  private static FieldTest fieldTest(JsonObject written) {
    Map<String, JsonValue> keys = written.fields();
    if (keys.size() < 2 || !FIELD_KEYS.containsAll(keys.keySet())) {
      throw new IllegalArgumentException(
          "each of fields has field and one or more of in, not_in, exists");
    }
    return new FieldTest(
        Shapes.text("field", written.get("field").orElse(JsonObject.EMPTY)),
        written.get("in").map(EventTest::values),
        written.get("not_in").map(EventTest::values),
        written.get("exists").map(EventTest::flag));
  }

  private static List<JsonValue> values(JsonValue value) {
    return value instanceof JsonArray(List<JsonValue> elements) ? elements : List.of(value);
  }

  private static boolean flag(JsonValue value) {
    if (value instanceof JsonBoolean(boolean flag)) {
      return flag;
    }
    throw new IllegalArgumentException("exists must be true or false");
  }
}
