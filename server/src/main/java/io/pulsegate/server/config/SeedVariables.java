package io.pulsegate.server.config;

import io.pulsegate.server.config.ServerConfig.SinkEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Environment variables of the systems PulseGate replaces that are set and do nothing here: each
/// is told at start with the reason, so that nobody waits for its effect.
final class SeedVariables {
  /// Settings of every PostgreSQL sink, and the variables that give them where the file does not.
  static final Map<String, String> POOL =
      Map.of("pool_size", "DATABASE_POOL_SIZE", "max_overflow", "DATABASE_MAX_OVERFLOW");

  private SeedVariables() {}

  static List<String> warnings(Map<String, String> environment, List<SinkEntry<?>> sinks) {
    List<String> warnings = new ArrayList<>();
    boolean pooled =
        sinks.stream().anyMatch(sink -> sink.factory().spec().name().equals("postgres"));
    POOL.values().stream()
        .sorted()
        .filter(name -> !pooled && !environment.getOrDefault(name, "").isEmpty())
        .forEach(name ->
            warnings.add(
                name + " is set and has no effect: there is no sink of the type postgres"));
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
}
