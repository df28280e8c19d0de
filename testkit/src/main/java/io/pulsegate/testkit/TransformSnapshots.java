package io.pulsegate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Event;
import io.pulsegate.api.Settings;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.TransformFactory;
import io.pulsegate.api.Verdict;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/// Tests a transform by files that say what becomes of which event.
///
/// ```json
/// {
///   "transform": "field_normalizer",
///   "privacy": "gdpr",
///   "settings": {"drop": ["debug"]},
///   "cases": [
///     {"name": "drops debug", "type": "order", "payload": {"debug": 1, "x": 2},
///      "expect": {"payload": {"x": 2}}},
///     {"name": "leaves others alone", "payload": {"x": 2}, "expect": "unchanged"}
///   ]
/// }
/// ```
///
/// An event has the id `e-1`, the type `test` and no `partition_key` unless its case says
/// otherwise. What is expected is `unchanged`, or an object with `type`, `payload` and
/// `partition_key` as far as they differ from what went in, or `{"drop": reason}`, `{"fail":
/// code}`, or `{"split": […]}` with objects of the first kind. Payloads are compared to the last
/// digit and in the order of their fields. The transform is found by its name through
/// ServiceLoader, must say the same twice, give back the same instance for an unchanged event, and
/// put no value of the payload into a reason.
///
/// ```java
/// @TestFactory Stream<DynamicTest> snapshots() { return TransformSnapshots.in(getClass(), "a.json"); }
/// ```
public final class TransformSnapshots {
  private static final int TELLING_CHARS_MIN = 4;

  private TransformSnapshots() {}

  /// The cases of a file that lies beside a class, as tests.
  public static Stream<DynamicTest> in(Class<?> beside, String file) {
    JsonObject snapshot = read(beside, file);
    String privacy = text(snapshot, "privacy").orElse("");
    Map<String, String> settings = new LinkedHashMap<>();
    if (snapshot.get("settings").orElse(JsonObject.EMPTY) instanceof JsonObject written) {
      written
          .fields()
          .forEach((name, value) ->
              settings.put(name, value instanceof JsonText(String t) ? t : value.json()));
    }
    String kind = text(snapshot, "transform").orElseThrow();
    JsonArray cases = (JsonArray) snapshot.get("cases").orElseThrow();
    return cases.elements().stream()
        .map(JsonObject.class::cast)
        .map(each ->
            DynamicTest.dynamicTest(
                file + ": " + text(each, "name").orElseThrow(),
                () -> check(each, make(kind, settings, privacy))));
  }

  /// A transform of a kind, made as the server makes it, with a secret that is the same every time.
  public static Transform make(String kind, Map<String, String> settings, String privacy) {
    for (TransformFactory<?> factory : ServiceLoader.load(TransformFactory.class)) {
      if (factory.spec().name().equals(kind)) {
        return make(factory, settings, privacy);
      }
    }
    throw new AssertionError("no TransformFactory in META-INF/services makes " + kind);
  }

  private static <C> Transform make(
      TransformFactory<C> factory, Map<String, String> settings, String privacy) {
    C config = factory.spec().reader().apply(new Settings(settings));
    var context =
        new TransformContext(
            new TenantId("demo"), privacy, Bytes.of("0123456789abcdef"), Path.of("."));
    return factory.create(config, context);
  }

  private static void check(JsonObject each, Transform transform) {
    try (transform) {
      TransformEvent event = event(each);
      Verdict verdict = transform.apply(event);
      assertThat(transform.apply(event(each))).as("the same again").isEqualTo(verdict);
      JsonValue expected = each.get("expect").orElseThrow();
      if (expected instanceof JsonText(String word)) {
        assertThat(word).isEqualTo("unchanged");
        assertThat(verdict).isEqualTo(new Verdict.Keep(event));
        assertThat(((Verdict.Keep) verdict).event()).as("the same instance").isSameAs(event);
        return;
      }
      assertThat(told(verdict)).isEqualTo(expected(event, (JsonObject) expected));
      reasonOf(verdict).ifPresent(reason -> assertNothingTold(event.payload(), reason));
    }
  }

  private static String told(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Keep(TransformEvent kept) -> told(kept);
      case Verdict.Split(List<TransformEvent> parts) ->
          parts.stream().map(TransformSnapshots::told).toList().toString();
      case Verdict.Drop(String reason) -> "drop " + reason;
      case Verdict.Fail(String code, String _, boolean _) -> "fail " + code;
    };
  }

  private static String told(TransformEvent event) {
    return event.type() + " " + event.payload().json() + " " + event.partitionKey().orElse("");
  }

  private static String expected(TransformEvent event, JsonObject expected) {
    Optional<String> drop = text(expected, "drop").map(reason -> "drop " + reason);
    Optional<String> fail = text(expected, "fail").map(code -> "fail " + code);
    if (drop.or(() -> fail).isPresent()) {
      return drop.or(() -> fail).get();
    }
    if (expected.get("split").orElse(JsonObject.EMPTY)
        instanceof JsonArray(List<JsonValue> parts)) {
      return parts.stream().map(part -> expected(event, (JsonObject) part)).toList().toString();
    }
    JsonObject payload = (JsonObject) expected.get("payload").orElse(event.payload());
    TransformEvent made =
        new TransformEvent(
            event.received(),
            text(expected, "type").orElse(event.type()),
            payload,
            text(expected, "partition_key").or(event::partitionKey));
    return told(made);
  }

  private static Optional<String> reasonOf(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Keep _ -> Optional.empty();
      case Verdict.Split _ -> Optional.empty();
      case Verdict.Drop(String reason) -> Optional.of(reason);
      case Verdict.Fail(String _, String reason, boolean _) -> Optional.of(reason);
    };
  }

  private static void assertNothingTold(JsonValue value, String reason) {
    switch (value) {
      case JsonObject(Map<String, JsonValue> fields) ->
          fields.values().forEach(each -> assertNothingTold(each, reason));
      case JsonArray(List<JsonValue> elements) ->
          elements.forEach(each -> assertNothingTold(each, reason));
      default -> {
        String told = value instanceof JsonText(String text) ? text : value.json();
        if (told.length() >= TELLING_CHARS_MIN) {
          assertThat(reason).as("a reason").doesNotContain(told);
        }
      }
    }
  }

  private static TransformEvent event(JsonObject each) {
    String type = text(each, "type").orElse("test");
    JsonObject payload = (JsonObject) each.get("payload").orElseThrow();
    Event received =
        new Event(
            text(each, "id").orElse("e-1"),
            new TenantId("demo"),
            type,
            Events.RECEIVED,
            Events.RECEIVED,
            payload.json(),
            Source.HTTP,
            "native",
            Optional.empty(),
            Optional.empty(),
            text(each, "partition_key"));
    return new TransformEvent(received, type, payload, received.partitionKey());
  }

  private static JsonObject read(Class<?> beside, String file) {
    try (InputStream in = beside.getResourceAsStream(file)) {
      if (in == null) {
        throw new AssertionError("no file " + file + " beside " + beside.getName());
      }
      byte[] bytes = in.readAllBytes();
      return (JsonObject) JsonValue.parse(bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> text(JsonObject object, String name) {
    return object.get(name).map(value -> ((JsonText) value).text());
  }
}
