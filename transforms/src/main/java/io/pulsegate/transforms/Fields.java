package io.pulsegate.transforms;

import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Fields of a payload by path, `user.address.city`; an array on the way means each of its
/// elements.
///
/// Where nothing changes, the same instance comes back.
public final class Fields {
  private Fields() {}

  /// Replaces what is at a path; an empty answer takes the field away.
  public static JsonObject change(
      JsonObject object, String path, Function<JsonValue, Optional<JsonValue>> change) {
    int dot = path.indexOf('.');
    String name = dot < 0 ? path : path.substring(0, dot);
    Optional<JsonValue> old = object.get(name);
    if (old.isEmpty()) {
      return object;
    }
    JsonValue value = old.get();
    Optional<JsonValue> changed =
        dot < 0 ? change.apply(value) : Optional.of(inside(value, path.substring(dot + 1), change));
    if (changed.isEmpty()) {
      return object.withoutAt(name);
    }
    return changed.get().equals(value) ? object : object.with(name, changed.get());
  }

  private static JsonValue inside(
      JsonValue value, String path, Function<JsonValue, Optional<JsonValue>> change) {
    return switch (value) {
      case JsonObject inner -> change(inner, path, change);
      case JsonArray(List<JsonValue> elements) ->
          new JsonArray(elements.stream().map(each -> inside(each, path, change)).toList());
      default -> value;
    };
  }

  /// Replaces values wherever they stand, from the leaves up; an empty answer takes away the field
  /// or the element. Objects and arrays are not asked about.
  public static JsonObject changeLeaves(
      JsonObject object, Function<JsonValue, Optional<JsonValue>> change) {
    JsonObject changed = object;
    for (Map.Entry<String, JsonValue> field : object.fields().entrySet()) {
      Optional<JsonValue> value = leaves(field.getValue(), change);
      if (value.isEmpty()) {
        var fields = new LinkedHashMap<>(changed.fields());
        fields.remove(field.getKey());
        changed = new JsonObject(fields);
      } else if (!value.get().equals(field.getValue())) {
        changed = changed.with(field.getKey(), value.get());
      }
    }
    return changed;
  }

  private static Optional<JsonValue> leaves(
      JsonValue value, Function<JsonValue, Optional<JsonValue>> change) {
    return switch (value) {
      case JsonObject inner -> Optional.of(changeLeaves(inner, change));
      case JsonArray(List<JsonValue> elements) -> {
        var kept = new ArrayList<JsonValue>(elements.size());
        elements.forEach(element -> leaves(element, change).ifPresent(kept::add));
        yield Optional.of(new JsonArray(kept));
      }
      default -> change.apply(value);
    };
  }

  /// Whether a value can be put at a path without replacing one that stands in the way.
  public static boolean hasRoomAt(JsonObject object, String path) {
    int dot = path.indexOf('.');
    while (dot >= 0) {
      Optional<JsonValue> parent = object.at(path.substring(0, dot));
      if (parent.isPresent() && !(parent.get() instanceof JsonObject)) {
        return false;
      }
      dot = path.indexOf('.', dot + 1);
    }
    return true;
  }
}
