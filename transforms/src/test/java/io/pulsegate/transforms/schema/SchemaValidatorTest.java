package io.pulsegate.transforms.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Event;
import io.pulsegate.api.Settings;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaValidatorTest {
  private static Transform make(String rule, String... schemas) {
    var list = new StringBuilder("[");
    for (int i = 0; i < schemas.length; i++) {
      list.append(i == 0 ? "" : ",")
          .append(
              "{\"event_type\":\"t\",\"version\":%d,\"schema\":%s}".formatted(i + 1, schemas[i]));
    }
    var factory = new SchemaValidatorFactory();
    var settings = new Settings(Map.of("schemas", list + "]", "compatibility", rule));
    return factory.create(
        factory.spec().reader().apply(settings),
        new TransformContext(new TenantId("a"), "", Bytes.of("0123456789abcdef"), Path.of(".")));
  }

  private static Verdict apply(Transform transform, String payload) {
    var received =
        new Event(
            "e-1",
            new TenantId("a"),
            "t",
            Instant.EPOCH,
            Instant.EPOCH,
            payload,
            Source.HTTP,
            "native",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return transform.apply(
        new TransformEvent(received, "t", (JsonObject) JsonValue.parse(payload), Optional.empty()));
  }

  @Test
  void tellsPlacesAndNoValues() {
    Transform transform =
        make(
            "none",
            """
            {"required": ["email"], "properties": {"user": {"properties": {"age": {"type": "integer"}}},
             "kind": {"enum": ["a"]}, "code": {"pattern": "^x$"}, "only": {"const": 1}}}
            """);
    var failed =
        (Verdict.Fail)
            apply(
                transform,
                "{\"user\":{\"age\":\"secret-1\"},\"kind\":\"secret-2\",\"code\":\"secret-3\",\"only\":\"secret-4\"}");
    assertThat(failed.reason())
        .startsWith("does not fit version 1 of its schema: ")
        .contains("/user/age: type", "/kind: enum", "/code: pattern", "/: required email")
        .doesNotContain("secret");
    assertThat(failed.retryable()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"type":"object"} | {"type":["object","null"]} | ''
          {"type":"integer"} | {"type":"number"} | ''
          {"type":"number"} | {"type":"integer"} | /: type is stricter
          {} | {"type":"string"} | /: type is stricter
          {"required":["a"]} | {"required":[]} | ''
          {"required":["a"]} | {"required":["a","b"]} | /: required has "b" now
          {"properties":{"a":{"type":"string"}}} | {"properties":{"a":{"type":"string"},"b":{"type":"string"}}} | ''
          {"properties":{"a":{"type":"string"}}} | {"properties":{"a":{"type":"number"}}} | /a: type is stricter
          {"properties":{"a":{"properties":{"b":{"maximum":9}}}}} | {"properties":{"a":{"properties":{"b":{"maximum":8}}}}} | /a/b: maximum is stricter
          {"properties":{"a":{}}} | {"properties":{},"additionalProperties":false} | /: additionalProperties: nothing may be there
          {"properties":{"a":{}},"additionalProperties":false} | {"properties":{"b":{}},"additionalProperties":false} | /a: nothing may be there
          {"enum":["a","b"]} | {"enum":["a","b","c"]} | ''
          {"enum":["a","b"]} | {"const":"a"} | /: fewer values are allowed
          {"minLength":2} | {"minLength":1} | ''
          {"minLength":2} | {"minLength":3} | /: minLength is stricter
          {"items":{"type":"string"}} | {"items":{"type":"number"}} | /items: type is stricter
          {"pattern":"a"} | {"pattern":"b"} | /: pattern is another, and cannot be compared
          {"title":"a"} | {"title":"b","description":"c"} | ''
          """)
  void comparesVersions(String narrow, String wide, String why) {
    assertThat(
            Compatibility.whyNot(JsonValue.parse(narrow), JsonValue.parse(wide))
                .map(text -> text.replace("/additionalProperties: ", "/: additionalProperties: "))
                .orElse(""))
        .isEqualTo(why);
  }

  @Test
  void refusesVersionsThatBreakTheRule() {
    String loose = "{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}";
    String tight = "{\"properties\":{\"a\":{\"type\":\"string\"}}}";
    assertThatThrownBy(() -> make("backward", loose, tight))
        .hasMessage("t: version 2 does not take all that version 1 took: /a: type is stricter");
    assertThatThrownBy(() -> make("forward", tight, loose))
        .hasMessage("t: version 2 takes what version 1 did not take: /a: type is stricter");
    assertThatThrownBy(() -> make("full", tight, loose)).hasMessageContaining("version 2 takes");
    assertThat(make("backward", tight, loose)).isNotNull();
    assertThat(make("forward", loose, tight)).isNotNull();
    assertThat(make("none", loose, tight)).isNotNull();
  }

  @Test
  void refusesWhatIsNoSchema() {
    assertThatThrownBy(() -> make("none", "{\"type\":\"strin\"}"))
        .hasMessageStartingWith("the schema of t, version 1, is none: /type: ");
    assertThatThrownBy(() -> make("none", "{\"$schema\":\"https://example.com/own\"}"))
        .hasMessageContaining("names no dialect");
  }

  @Test
  void followsNoReferenceToAnotherDocument() {
    assertThatThrownBy(
            () -> {
              Transform transform =
                  make("none", "{\"properties\":{\"a\":{\"$ref\":\"http://127.0.0.1:9/x.json\"}}}");
              Verdict verdict = apply(transform, "{\"a\":1}");
              throw new IllegalStateException("answered " + verdict);
            })
        .hasMessageContaining("127.0.0.1:9");
  }
}
