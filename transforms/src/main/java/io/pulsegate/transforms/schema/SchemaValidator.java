package io.pulsegate.transforms.schema;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.transforms.schema.SchemaValidatorConfig.Unknown;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.stream.Collectors;

/// Lets through what fits its schema.
final class SchemaValidator implements Transform {
  private static final int BREACHES_MAX = 5;

  private final SchemaValidatorConfig config;
  private final Versions versions;

  SchemaValidator(SchemaValidatorConfig config, Versions versions) {
    this.config = config;
    this.versions = versions;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    Optional<NavigableMap<Integer, Schema>> known = versions.of(event.type());
    if (known.isEmpty()) {
      return config.unknown() == Unknown.KEEP
          ? new Verdict.Keep(event)
          : new Verdict.Fail("no_schema", "its type has no schema", false);
    }
    Optional<JsonValue> named = event.payload().at(config.versionField());
    Map.Entry<Integer, Schema> newest = known.get().lastEntry();
    Optional<Integer> version =
        named.isEmpty() ? Optional.of(newest.getKey()) : named.flatMap(SchemaValidator::number);
    Optional<Schema> schema = version.flatMap(each -> Optional.ofNullable(known.get().get(each)));
    if (schema.isEmpty()) {
      return new Verdict.Fail(
          "unknown_schema_version",
          "%s names none of the versions there are: %s"
              .formatted(config.versionField(), known.get().keySet()),
          false);
    }
    List<Error> breaches = schema.get().validate(event.payload().json(), InputFormat.JSON);
    if (breaches.isEmpty()) {
      return new Verdict.Keep(event);
    }
    String what =
        breaches.stream()
            .limit(BREACHES_MAX)
            .map(Breach::text)
            .distinct()
            .collect(Collectors.joining("; "));
    return new Verdict.Fail(
        "schema_violation",
        "does not fit version %d of its schema: %s".formatted(version.get(), what),
        false);
  }

  private static Optional<Integer> number(JsonValue value) {
    String digits =
        switch (value) {
          case JsonNumber(String number) -> number;
          case JsonText(String text) -> text;
          default -> "";
        };
    return digits.matches("[1-9][0-9]{0,8}")
        ? Optional.of(Integer.parseInt(digits))
        : Optional.empty();
  }
}
