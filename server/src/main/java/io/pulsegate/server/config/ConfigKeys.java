package io.pulsegate.server.config;

import io.pulsegate.api.Setting;
import java.util.List;
import java.util.Locale;

/// The keys as the command line shows them.
public final class ConfigKeys {
  private ConfigKeys() {}

  /// One flag of `pulsegate serve`.
  ///
  /// @param name with its hyphens
  /// @param summary with the variable and the default
  public record Flag(String name, String type, String summary) {}

  /// All flags, in the order of the reference page.
  public static List<Flag> flags() {
    return Keys.ALL.stream()
        .flatMap(key -> key.flags().stream().map(name -> flag(name, key)))
        .toList();
  }

  private static Flag flag(String name, Key<?> key) {
    Setting<?> setting = key.setting();
    var summary = new StringBuilder(setting.summary());
    setting.defaultText().ifPresent(text -> summary.append(" Default: ").append(text).append('.'));
    key.variables().forEach(variable -> summary.append(" Variable: ").append(variable).append('.'));
    return new Flag(name, setting.type().name().toLowerCase(Locale.ROOT), summary.toString());
  }
}
