package io.pulsegate.server.config;

import io.pulsegate.server.config.ServerConfig.SinkEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Environment variables of the systems PulseGate replaces that are set and do nothing here: each
/// is told at start with the reason, so that nobody waits for its effect.
final class SeedVariables {
  private static final Map<String, String> WITHOUT_EFFECT = withoutEffect();

  private SeedVariables() {}

  static List<String> warnings(Map<String, String> environment, List<SinkEntry<?>> sinks) {
    List<String> warnings = new ArrayList<>();
    WITHOUT_EFFECT.forEach((name, reason) -> {
      if (!environment.getOrDefault(name, "").isEmpty()) {
        warnings.add("%s is set and has no effect: %s".formatted(name, reason));
      }
    });
    boolean mirrored =
        sinks.stream().anyMatch(sink -> sink.setting("dead_letter_topic").isPresent());
    if (!environment.getOrDefault("DLQ_TOPIC", "").isEmpty() && !mirrored) {
      warnings.add(
          "DLQ_TOPIC is set and has no effect: name dead_letter_topic in a sink of the type kafka");
    }
    for (String name : List.of("RAW_S3_BUCKET", "PROCESSED_S3_BUCKET")) {
      String bucket = environment.getOrDefault(name, "");
      if (!bucket.isEmpty()
          && sinks.stream().noneMatch(sink -> sink.setting("bucket").equals(Optional.of(bucket)))) {
        warnings.add(name + " is set and has no effect: the configuration names its sinks itself");
      }
    }
    return warnings;
  }

  private static Map<String, String> withoutEffect() {
    var reasons = new LinkedHashMap<String, String>();
    reasons.put("FLUSH_INTERVAL", "a sink is given what waits as soon as it is free, never later");
    reasons.put("WORKERS", "a sink takes one large write after the other, prepared side by side");
    reasons.put("DATABASE_POOL_SIZE", "the PostgreSQL sink writes over one connection");
    reasons.put("DATABASE_MAX_OVERFLOW", "the PostgreSQL sink writes over one connection");
    return reasons;
  }
}
