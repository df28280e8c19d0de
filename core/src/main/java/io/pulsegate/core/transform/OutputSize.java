package io.pulsegate.core.transform;

import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonBoolean;
import io.pulsegate.json.JsonValue.JsonNull;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether a payload can be written at all, found out before memory is spent on writing it. Counts
/// fewer bytes than there will be, and stops at the limit. Used once.
final class OutputSize {
  private final int bytesMax;
  private final int depthMax;
  private long bytes;

  OutputSize(int bytesMax, int depthMax) {
    this.bytesMax = bytesMax;
    this.depthMax = depthMax;
  }

  /// Why it cannot.
  Optional<String> check(JsonValue value) {
    if (!fits(value, 1)) {
      return Optional.of("it is nested deeper than " + depthMax + " levels");
    }
    return bytes > bytesMax
        ? Optional.of("it has more than the limit of " + bytesMax + " bytes")
        : Optional.empty();
  }

  /// @return whether it is not too deep, as far as it was looked at
  private boolean fits(JsonValue value, int depth) {
    if (bytes > bytesMax) {
      return true;
    }
    switch (value) {
      case JsonText(String text) -> bytes += text.length() + 2L;
      case JsonNumber(String digits) -> bytes += digits.length();
      case JsonBoolean _, JsonNull _ -> bytes += 4;
      case JsonArray(List<JsonValue> elements) -> {
        bytes += 2;
        return depth <= depthMax && elements.stream().allMatch(each -> fits(each, depth + 1));
      }
      case JsonObject(Map<String, JsonValue> fields) -> {
        bytes += 2;
        return depth <= depthMax && fit(fields, depth + 1);
      }
    }
    return true;
  }

  private boolean fit(Map<String, JsonValue> fields, int depth) {
    for (Map.Entry<String, JsonValue> field : fields.entrySet()) {
      bytes += field.getKey().length() + 3L;
      if (!fits(field.getValue(), depth)) {
        return false;
      }
    }
    return true;
  }
}
