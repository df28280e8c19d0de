package io.pulsegate.client;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Turns values of an application into JSON: text, numbers, booleans, maps, collections and arrays
/// as such, anything else by its `toString`.
final class JsonValues {
  /// Deeper than any event that is meant: a map that holds itself ends here.
  static final int DEPTH_MAX = 32;

  private JsonValues() {}

  /// @return false where the value is nested too deeply; what was written then is of no use
  static boolean write(JsonBytes json, @Nullable Object value, int depth) {
    if (value == null) {
      json.plain("null");
    } else if (value instanceof CharSequence text) {
      json.string(text);
    } else if (value instanceof Number number) {
      number(json, number);
    } else if (value instanceof Boolean bool) {
      json.plain(bool ? "true" : "false");
    } else if (value instanceof Optional<?> optional) {
      return write(json, optional.orElse(null), depth);
    } else if (value instanceof Map<?, ?> map) {
      return depth < DEPTH_MAX && object(json, map, depth + 1);
    } else if (value instanceof Iterable<?> values && !(value instanceof java.nio.file.Path)) {
      return depth < DEPTH_MAX && array(json, values, depth + 1);
    } else if (value instanceof Object[] values) {
      return depth < DEPTH_MAX && array(json, Arrays.asList(values), depth + 1);
    } else if (value.getClass().isArray()) {
      return depth < DEPTH_MAX && array(json, boxed(value), depth + 1);
    } else {
      json.string(value.toString());
    }
    return true;
  }

  private static void number(JsonBytes json, Number number) {
    if (number instanceof Double || number instanceof Float) {
      // By its own text: a float widened to a double has digits that nobody wrote.
      json.plain(Double.isFinite(number.doubleValue()) ? number.toString() : "null");
    } else if (number instanceof BigDecimal || number instanceof BigInteger) {
      json.plain(number.toString());
    } else if (isWhole(number)) {
      json.number(number.longValue());
    } else {
      json.number(number.doubleValue());
    }
  }

  private static boolean isWhole(Number number) {
    return number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte
        || number instanceof AtomicLong
        || number instanceof AtomicInteger
        || number instanceof LongAdder
        || number instanceof LongAccumulator;
  }

  /// The elements of an array of primitives.
  private static List<Object> boxed(Object array) {
    return IntStream.range(0, Array.getLength(array)).mapToObj(i -> Array.get(array, i)).toList();
  }

  private static boolean object(JsonBytes json, Map<?, ?> map, int depth) {
    json.raw('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (!first) {
        json.raw(',');
      }
      first = false;
      json.string(String.valueOf(entry.getKey())).raw(':');
      if (!write(json, entry.getValue(), depth)) {
        return false;
      }
    }
    json.raw('}');
    return true;
  }

  private static boolean array(JsonBytes json, Iterable<?> values, int depth) {
    json.raw('[');
    boolean first = true;
    for (Object value : values) {
      if (!first) {
        json.raw(',');
      }
      first = false;
      if (!write(json, value, depth)) {
        return false;
      }
    }
    json.raw(']');
    return true;
  }
}
