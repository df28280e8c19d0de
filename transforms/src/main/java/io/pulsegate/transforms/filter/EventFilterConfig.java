package io.pulsegate.transforms.filter;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.json.JsonValue;
import io.pulsegate.transforms.EventTest;
import io.pulsegate.transforms.Shapes;
import java.util.List;

/// Settings of `filter`.
///
/// @param test which events are meant
record EventFilterConfig(Action action, EventTest test) {
  /// What becomes of the events that are meant; the others get the opposite.
  enum Action {
    KEEP,
    DROP
  }

  static final Setting<Action> ACTION =
      Setting.choice(
          "action",
          Action.class,
          "Whether the events that fit are the only ones kept, or dropped.");
  static final Setting<JsonValue> EVENT_TYPES =
      Setting.structure(
              "event_types",
              "List of event types of which one fits; * in one stands for any characters.")
          .orElse("[]");
  static final Setting<JsonValue> FIELDS =
      Setting.structure(
              "fields",
              "List of tests of the payload that must all hold, each with field and one or more of"
                  + " in, not_in, exists, as in a route.")
          .orElse("[]");

  static final ComponentSpec<EventFilterConfig> SPEC =
      new ComponentSpec<>(
          "filter",
          "Keeps or drops events by type and by fields.",
          List.of(ACTION, EVENT_TYPES, FIELDS),
          EventFilterConfig::read);

  private static EventFilterConfig read(Settings settings) {
    List<String> types = Shapes.texts(settings, EVENT_TYPES);
    List<JsonValue.JsonObject> fields = Shapes.maps(settings, FIELDS);
    if (types.isEmpty() && fields.isEmpty()) {
      throw new IllegalArgumentException("filter needs event_types, fields or both");
    }
    return new EventFilterConfig(settings.get(ACTION), EventTest.of(types, fields));
  }
}
