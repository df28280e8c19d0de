package io.pulsegate.transforms.schema;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.transforms.schema.SchemaValidatorConfig.Entry;
import io.pulsegate.transforms.schema.SchemaValidatorConfig.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// The schemas by event type and version, checked: each is a schema, and each follows the rule of
/// compatibility to the one before it.
final class Versions {
  private static final SpecificationVersion DIALECT = SpecificationVersion.DRAFT_2020_12;

  private final Map<String, NavigableMap<Integer, Schema>> byType;

  private Versions(Map<String, NavigableMap<Integer, Schema>> byType) {
    this.byType = byType;
  }

  /// @param folder where relative file names begin
  /// @throws IllegalArgumentException saying which version is wrong, and why
  static Versions of(SchemaValidatorConfig config, Path folder) {
    var documents = new TreeMap<String, TreeMap<Integer, JsonObject>>();
    for (Entry entry : config.entries()) {
      JsonObject document =
          entry.schema().orElseGet(() -> read(folder.resolve(entry.file().orElseThrow())));
      var versions = documents.computeIfAbsent(entry.eventType(), _ -> new TreeMap<>());
      if (versions.put(entry.version(), document) != null) {
        throw new IllegalArgumentException(
            "version %d of %s stands twice".formatted(entry.version(), entry.eventType()));
      }
    }
    // References to other documents are not followed: a schema never causes a request.
    SchemaRegistry registry = SchemaRegistry.withDefaultDialect(DIALECT);
    var byType = new TreeMap<String, NavigableMap<Integer, Schema>>();
    documents.forEach((type, versions) -> {
      compatible(type, versions, config.rule());
      var schemas = new TreeMap<Integer, Schema>();
      versions.forEach(
          (version, document) -> schemas.put(version, schema(registry, type, version, document)));
      byType.put(type, schemas);
    });
    return new Versions(byType);
  }

  private static JsonObject read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (JsonValue.parse(bytes, 0, bytes.length) instanceof JsonObject document) {
        return document;
      }
      throw new IllegalArgumentException("the schema " + file + " is no JSON object");
    } catch (IOException e) {
      throw new IllegalArgumentException("the schema " + file + " cannot be read: " + e, e);
    } catch (JsonException e) {
      throw new IllegalArgumentException(
          "the schema " + file + " is not JSON: " + e.getMessage(), e);
    }
  }

  private static Schema schema(
      SchemaRegistry registry, String type, int version, JsonObject document) {
    String name = "the schema of %s, version %d, ".formatted(type, version);
    String text = document.json();
    List<String> faults = MetaSchema.faults(registry, document, DIALECT);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(name + "is none: " + String.join("; ", faults));
    }
    try {
      Schema schema = registry.getSchema(text, InputFormat.JSON);
      schema.initializeValidators();
      return schema;
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(name + "cannot be used: " + e.getMessage(), e);
    }
  }

  private static void compatible(String type, Map<Integer, JsonObject> versions, Rule rule) {
    Optional<Map.Entry<Integer, JsonObject>> before = Optional.empty();
    for (Map.Entry<Integer, JsonObject> now : versions.entrySet()) {
      before.ifPresent(older -> compatible(type, older, now, rule));
      before = Optional.of(now);
    }
  }

  private static void compatible(
      String type,
      Map.Entry<Integer, JsonObject> older,
      Map.Entry<Integer, JsonObject> newer,
      Rule rule) {
    if (rule == Rule.BACKWARD || rule == Rule.FULL) {
      Compatibility.whyNot(older.getValue(), newer.getValue())
          .ifPresent(why -> {
            throw new IllegalArgumentException(
                "%s: version %d does not take all that version %d took: %s"
                    .formatted(type, newer.getKey(), older.getKey(), why));
          });
    }
    if (rule == Rule.FORWARD || rule == Rule.FULL) {
      Compatibility.whyNot(newer.getValue(), older.getValue())
          .ifPresent(why -> {
            throw new IllegalArgumentException(
                "%s: version %d takes what version %d did not take: %s"
                    .formatted(type, newer.getKey(), older.getKey(), why));
          });
    }
  }

  /// All versions of a type's schema; empty where it has none.
  Optional<NavigableMap<Integer, Schema>> of(String eventType) {
    return Optional.ofNullable(byType.get(eventType));
  }
}
