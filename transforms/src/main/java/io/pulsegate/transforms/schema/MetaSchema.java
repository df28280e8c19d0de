package io.pulsegate.transforms.schema;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.List;

/// Whether a document is a schema: held against the schema of its dialect.
final class MetaSchema {
  private static final int FAULTS_MAX = 3;

  private MetaSchema() {}

  /// What is wrong with it; empty where it is good.
  static List<String> faults(
      SchemaRegistry registry, JsonObject document, SpecificationVersion standard) {
    String dialect =
        document.get("$schema").orElse(JsonObject.EMPTY) instanceof JsonText(String named)
            ? named
            : standard.getDialectId();
    try {
      Schema meta = registry.getSchema(SchemaLocation.of(dialect));
      return meta.validate(document.json(), InputFormat.JSON).stream()
          .limit(FAULTS_MAX)
          .map(Breach::text)
          .toList();
    } catch (RuntimeException e) {
      return List.of("$schema names no dialect that is known here: " + dialect);
    }
  }
}
