package io.pulsegate.transforms.router;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.transforms.EventTest;
import io.pulsegate.transforms.Shapes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Settings of `router`.
record RouterConfig(List<Rule> rules) {
  private static final Set<String> KEYS =
      Set.of("event_types", "fields", "type", "partition_key", "sample");
  private static final int TYPE_CHARS_MAX = 256;

  /// What is done to the events that a test fits.
  ///
  /// @param type they get
  /// @param partitionKey path of the field that becomes their partition key
  /// @param sample share of them that is kept, from 0 to 1
  record Rule(
      EventTest test, Optional<String> type, Optional<String> partitionKey, double sample) {}

  static final Setting<JsonValue> RULES =
      Setting.structure(
          "rules",
          "List of rules, of which the first that fits an event counts. Each has event_types and"
              + " fields, as in a filter, and what is done: type (the new event type),"
              + " partition_key (path of the field it is taken from), sample (share of the events"
              + " that is kept, such as 0.1, by a hash of the event id).");

  static final ComponentSpec<RouterConfig> SPEC =
      new ComponentSpec<>(
          "router",
          "Gives events another type or partition key, or keeps a sample of them.",
          List.of(RULES),
          RouterConfig::read);

  private static RouterConfig read(Settings settings) {
    return new RouterConfig(Shapes.maps(settings, RULES).stream().map(RouterConfig::rule).toList());
  }

  private static Rule rule(JsonObject written) {
    if (!KEYS.containsAll(written.fields().keySet())) {
      throw new IllegalArgumentException(
          "each of rules knows event_types, fields, type, partition_key and sample");
    }
    var none = new JsonArray(List.of());
    List<String> types = Shapes.texts("event_types", written.get("event_types").orElse(none));
    JsonValue fields = written.get("fields").orElse(none);
    return new Rule(
        EventTest.of(types, Shapes.maps("fields", fields)),
        written.get("type").map(RouterConfig::type),
        written.get("partition_key").map(path -> Shapes.text("partition_key", path)),
        written.get("sample").map(RouterConfig::share).orElse(1.0));
  }

  private static String type(JsonValue value) {
    String type = Shapes.text("type", value);
    if (type.length() > TYPE_CHARS_MAX || type.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "type has at most 256 characters and no control characters");
    }
    return type;
  }

  private static double share(JsonValue value) {
    if (value instanceof JsonNumber(String digits)) {
      double share = Double.parseDouble(digits);
      if (share >= 0 && share <= 1) {
        return share;
      }
    }
    throw new IllegalArgumentException("sample must be a number from 0 to 1");
  }
}
