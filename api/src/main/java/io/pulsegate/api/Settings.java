package io.pulsegate.api;

import java.util.Map;
import java.util.Optional;

/// Values of one component's settings, checked when they are read.
public final class Settings {
  private final Map<String, String> texts;

  /// @param texts what is written in the configuration, environment variables expanded
  public Settings(Map<String, String> texts) {
    this.texts = Map.copyOf(texts);
  }

  /// The value, or its default.
  ///
  /// @throws IllegalArgumentException naming the setting, where it is missing or not as it must be
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalArgumentException(setting.name() + " is missing"));
  }

  /// The value or its default; empty where there is neither.
  ///
  /// @throws IllegalArgumentException naming the setting, where it is not as it must be
  public <T> Optional<T> find(Setting<T> setting) {
    Optional<String> text = Optional.ofNullable(texts.get(setting.name())).or(setting::defaultText);
    try {
      return text.map(setting::parse);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting.name() + " " + e.getMessage(), e);
    }
  }
}
