package io.pulsegate.server.config;

import java.util.LinkedHashMap;
import java.util.Map;

/// The variables of the Collection API's pipeline, as settings of two sinks of the type s3:
/// `RAW_S3_BUCKET`, `RAW_S3_ACCESS_KEY`, `RAW_S3_SECRET_KEY`, `RAW_S3_REGION`, `RAW_S3_ENDPOINT`,
/// the same with `PROCESSED_`, and `EXPORT_BATCH_SIZE` for both.
final class ExportVariables {
  private static final String BUCKET = "bucket";

  /// Settings by the end of the variable that gives them.
  private static final Map<String, String> SETTINGS =
      Map.of(
          "BUCKET", BUCKET,
          "ACCESS_KEY", "access_key",
          "SECRET_KEY", "secret_key",
          "REGION", "region",
          "ENDPOINT", "endpoint");

  private static final Map<String, String> KEYS =
      Map.of(
          SinkNames.RAW_EXPORT,
          "raw-events/{year}/{month}/{day}/raw_export_{time}_{first}-{last}.{ext}",
          SinkNames.PROCESSED_EXPORT,
          "processed-events/{tenant}/{year}/{month}/{day}/processed_{time}_{first}-{last}.{ext}");

  private ExportVariables() {}

  /// The settings of the sinks that the environment asks for, by name.
  static Map<String, Map<String, Text>> sinks(Map<String, String> environment) {
    var sinks = new LinkedHashMap<String, Map<String, Text>>();
    sinks.put(SinkNames.RAW_EXPORT, settings("RAW_S3_", SinkNames.RAW_EXPORT, environment));
    sinks.put(
        SinkNames.PROCESSED_EXPORT,
        settings("PROCESSED_S3_", SinkNames.PROCESSED_EXPORT, environment));
    sinks.values().removeIf(settings -> !settings.containsKey(BUCKET));
    return sinks;
  }

  /// The variable that a sink is there for.
  static String placeOf(Map<String, Text> settings) {
    return settings.getOrDefault(BUCKET, new Text("", "default")).place();
  }

  private static Map<String, Text> settings(
      String prefix, String sink, Map<String, String> environment) {
    var settings = new LinkedHashMap<String, Text>();
    SETTINGS.forEach((end, setting) -> put(settings, setting, prefix + end, environment));
    put(settings, "object_events", "EXPORT_BATCH_SIZE", environment);
    String place = prefix + "BUCKET";
    settings.put("key", new Text(KEYS.getOrDefault(sink, ""), place));
    settings.put("format", new Text("json", place));
    settings.put("object_age", new Text("1m", place));
    return settings;
  }

  private static void put(
      Map<String, Text> settings,
      String setting,
      String variable,
      Map<String, String> environment) {
    String value = environment.getOrDefault(variable, "");
    if (!value.isEmpty()) {
      settings.put(setting, new Text(value, variable));
    }
  }
}
