package io.pulsegate.transforms.useragent;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.json.JsonValue;
import io.pulsegate.transforms.Shapes;
import java.util.List;

/// Settings of `user_agent_parser`.
///
/// @param target path of the object that is added
record UserAgentParserConfig(List<String> fields, String target) {
  static final Setting<JsonValue> FIELDS =
      Setting.structure(
              "fields", "List of paths at which a user agent may stand; the first counts.")
          .orElse("[\"user_agent\",\"userAgent\",\"context.user_agent\",\"context.userAgent\"]");
  static final Setting<String> TARGET =
      Setting.string(
              "target",
              "Path of the field that gets browser, browser_version, os, os_version, device and"
                  + " device_type (desktop, mobile, tablet, bot), as far as they are known. One that"
                  + " is there already stays.")
          .orElse("ua");

  static final ComponentSpec<UserAgentParserConfig> SPEC =
      new ComponentSpec<>(
          "user_agent_parser",
          "Adds browser, operating system and device of a user agent.",
          List.of(FIELDS, TARGET),
          settings ->
              new UserAgentParserConfig(Shapes.texts(settings, FIELDS), settings.get(TARGET)));
}
