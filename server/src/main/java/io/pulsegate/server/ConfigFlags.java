package io.pulsegate.server;

import io.pulsegate.server.config.ConfigKeys;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The flags of `serve`, made from the declared keys.
final class ConfigFlags {
  private ConfigFlags() {}

  static void addTo(CommandSpec command) {
    for (ConfigKeys.Flag flag : ConfigKeys.flags()) {
      command.addOption(
          OptionSpec.builder(flag.name())
              .type(String.class)
              .paramLabel(flag.type().toUpperCase(java.util.Locale.ROOT))
              .description(flag.summary())
              .build());
    }
  }

  /// What was given, by flag.
  static Map<String, String> given(ParseResult result) {
    var given = new LinkedHashMap<String, String>();
    for (ConfigKeys.Flag flag : ConfigKeys.flags()) {
      String value = result.matchedOptionValue(flag.name(), (String) null);
      if (value != null) {
        given.put(flag.name(), value);
      }
    }
    return given;
  }
}
