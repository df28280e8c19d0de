package com.example.urlcleaner;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import java.util.List;
import java.util.Set;

/// Settings of `url_cleaner`, declared once: the server reads, checks and documents them from here.
///
/// @param field path of the URL in the payload
/// @param drop names of the query parameters to take away
record UrlCleanerConfig(String field, Set<String> drop) {
  static final Setting<String> FIELD =
      Setting.string("field", "Path of the URL in the payload.").orElse("url");
  static final Setting<String> DROP =
      Setting.string("drop", "Query parameters to take away, separated by commas.");

  static final ComponentSpec<UrlCleanerConfig> SPEC =
      new ComponentSpec<>(
          "url_cleaner",
          "Takes query parameters out of a URL.",
          List.of(FIELD, DROP),
          UrlCleanerConfig::read);

  private static UrlCleanerConfig read(Settings settings) {
    Set<String> drop = Set.of(settings.get(DROP).strip().split("\\s*,\\s*"));
    if (drop.contains("")) {
      throw new IllegalArgumentException("drop names an empty parameter");
    }
    return new UrlCleanerConfig(settings.get(FIELD), drop);
  }
}
