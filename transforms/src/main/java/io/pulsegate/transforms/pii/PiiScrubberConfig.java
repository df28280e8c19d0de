package io.pulsegate.transforms.pii;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.json.JsonValue;
import io.pulsegate.transforms.Shapes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Settings of `pii_scrubber`; what is empty is decided by the tenant's privacy level.
record PiiScrubberConfig(
    Optional<List<String>> fields, Optional<List<PiiPattern>> patterns, Optional<Action> action) {
  /// What becomes of personal data.
  enum Action {
    REDACT,
    HASH,
    DROP
  }

  static final Setting<JsonValue> FIELDS =
      Setting.structure(
              "fields",
              "List of paths whose values are personal data whatever they look like. Default: none;"
                  + " at hipaa usual names such as name, email, phone, address and birth_date, at"
                  + " the top and in user, customer and patient.")
          .asOptional();
  static final Setting<JsonValue> PATTERNS =
      Setting.structure(
              "patterns",
              "List of what to look for in all texts: email, phone, card, ip. Default: email, phone"
                  + " and card; at gdpr and hipaa also ip.")
          .asOptional();
  static final Setting<Action> ACTION =
      Setting.choice(
              "action",
              Action.class,
              "Redact puts [email] and so on in its place; hash a code from which only the same"
                  + " value is recognised; drop takes the whole field away. Default: redact; at gdpr"
                  + " hash.")
          .asOptional();

  static final ComponentSpec<PiiScrubberConfig> SPEC =
      new ComponentSpec<>(
          "pii_scrubber",
          "Takes personal data out of payloads, by field and by what it looks like.",
          List.of(FIELDS, PATTERNS, ACTION),
          PiiScrubberConfig::read);

  private static PiiScrubberConfig read(Settings settings) {
    return new PiiScrubberConfig(
        settings.find(FIELDS).map(value -> Shapes.texts("fields", value)),
        settings
            .find(PATTERNS)
            .map(value ->
                Shapes.texts("patterns", value).stream().map(PiiScrubberConfig::pattern).toList()),
        settings.find(ACTION));
  }

  private static PiiPattern pattern(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "email" -> PiiPattern.EMAIL;
      case "phone" -> PiiPattern.PHONE;
      case "card" -> PiiPattern.CARD;
      case "ip" -> PiiPattern.IP;
      default ->
          throw new IllegalArgumentException(
              "patterns knows email, phone, card and ip, was \"" + name + "\"");
    };
  }
}
