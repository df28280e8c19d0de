package io.pulsegate.transforms.bot;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.json.JsonValue;
import io.pulsegate.transforms.Shapes;
import java.util.List;

/// Settings of `bot_detector`.
///
/// @param tokens looked for besides the built-in ones, in any case
/// @param mark path that is set to true
record BotDetectorConfig(List<String> fields, List<String> tokens, Action action, String mark) {
  /// What becomes of a bot's event.
  enum Action {
    MARK,
    DROP
  }

  static final Setting<JsonValue> FIELDS =
      Setting.structure("fields", "List of paths at which a user agent may stand.")
          .orElse("[\"user_agent\",\"userAgent\",\"context.user_agent\",\"context.userAgent\"]");
  static final Setting<JsonValue> TOKENS =
      Setting.structure(
              "tokens", "List of texts that give a bot away, besides the built-in ones; any case.")
          .orElse("[]");
  static final Setting<Action> ACTION =
      Setting.choice("action", Action.class, "Whether a bot's event is marked or dropped.")
          .orElse("mark");
  static final Setting<String> MARK =
      Setting.string("mark", "Path of the field that is set to true where the event is marked.")
          .orElse("is_bot");

  static final ComponentSpec<BotDetectorConfig> SPEC =
      new ComponentSpec<>(
          "bot_detector",
          "Marks or drops events whose user agent names a bot.",
          List.of(FIELDS, TOKENS, ACTION, MARK),
          settings ->
              new BotDetectorConfig(
                  Shapes.texts(settings, FIELDS),
                  Shapes.texts(settings, TOKENS),
                  settings.get(ACTION),
                  settings.get(MARK)));
}
