package io.pulsegate.transforms.schema;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.transforms.Shapes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Settings of `schema_validator`.
///
/// @param versionField path of the field that names an event's version
record SchemaValidatorConfig(List<Entry> entries, String versionField, Rule rule, Unknown unknown) {
  private static final Set<String> KEYS = Set.of("event_type", "version", "schema", "file");

  /// One version of the schema of one event type.
  ///
  /// @param schema where it is written here
  /// @param file where it is in a file
  record Entry(String eventType, int version, Optional<JsonObject> schema, Optional<String> file) {}

  /// What a version must be to the one before it.
  enum Rule {
    /// It takes all that the one before took.
    BACKWARD,
    /// All that it takes, the one before took too.
    FORWARD,
    FULL,
    NONE
  }

  /// What becomes of an event whose type has no schema.
  enum Unknown {
    KEEP,
    FAIL
  }

  static final Setting<JsonValue> SCHEMAS =
      Setting.structure(
          "schemas",
          "List of schemas (JSON Schema, 2020-12 unless $schema says otherwise). Each has event_type,"
              + " version (default 1), and schema or file.");
  static final Setting<String> VERSION_FIELD =
      Setting.string(
              "version_field",
              "Path of the field in which an event names the version it was written for. Without it"
                  + " the newest holds.")
          .orElse("schema_version");
  static final Setting<Rule> COMPATIBILITY =
      Setting.choice(
              "compatibility",
              Rule.class,
              "What each version must be to the one before: backward takes all that it took,"
                  + " forward takes nothing that it did not take, full is both.")
          .orElse("backward");
  static final Setting<Unknown> UNKNOWN =
      Setting.choice(
              "unknown",
              Unknown.class,
              "Whether events of types without a schema are kept or become dead letters.")
          .orElse("keep");

  static final ComponentSpec<SchemaValidatorConfig> SPEC =
      new ComponentSpec<>(
          "schema_validator",
          "Holds payloads against JSON Schemas by event type and version; what does not fit becomes"
              + " a dead letter with the reason.",
          List.of(SCHEMAS, VERSION_FIELD, COMPATIBILITY, UNKNOWN),
          SchemaValidatorConfig::read);

  private static SchemaValidatorConfig read(Settings settings) {
    List<Entry> entries =
        Shapes.maps(settings, SCHEMAS).stream().map(SchemaValidatorConfig::entry).toList();
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("schemas is empty");
    }
    return new SchemaValidatorConfig(
        entries, settings.get(VERSION_FIELD), settings.get(COMPATIBILITY), settings.get(UNKNOWN));
  }

  private static Entry entry(JsonObject written) {
    if (!KEYS.containsAll(written.fields().keySet())) {
      throw new IllegalArgumentException(
          "each of schemas knows event_type, version, schema and file");
    }
    Optional<JsonObject> schema =
        written.get("schema").map(value -> new JsonObject(Shapes.map("schema", value)));
    Optional<String> file = written.get("file").map(value -> Shapes.text("file", value));
    if (schema.isPresent() == file.isPresent()) {
      throw new IllegalArgumentException("each of schemas has schema or file");
    }
    return new Entry(
        Shapes.text("event_type", written.get("event_type").orElse(JsonObject.EMPTY)),
        written.get("version").map(SchemaValidatorConfig::version).orElse(1),
        schema,
        file);
  }

  private static int version(JsonValue value) {
    if (value instanceof JsonNumber(String digits) && digits.matches("[1-9][0-9]{0,8}")) {
      return Integer.parseInt(digits);
    }
    throw new IllegalArgumentException("version must be a whole number from 1 on");
  }
}
