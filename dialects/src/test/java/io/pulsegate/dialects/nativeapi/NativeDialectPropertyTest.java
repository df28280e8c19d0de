package io.pulsegate.dialects.nativeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Event;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Random requests against Jackson, and against themselves in another shape.
class NativeDialectPropertyTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String[] NAMES = {
    "event_id",
    "tenant_id",
    "idempotency_key",
    "trace_id",
    "partition_key",
    "occurred_at",
    "timestamp",
    "time",
    "payload",
    "events",
    "user",
    "\\u0065vent_id",
    "event_type"
  };
  private static final String[] VALUES = {
    "\"x\"",
    "\"demo\"",
    "\"d\\u0065mo\"",
    "null",
    "17",
    "-1.5e300",
    "1735689600",
    "true",
    "[]",
    "{}",
    "[1,{\"event_type\":\"inner\"}]",
    "{\"a\":\"\\u0000\",\"b\":[1,2]}",
    "\"\\ud800\"",
    "\"2025-01-01\"",
    "\"é😀\"",
    "\"\""
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void readsTheSameEventsInEveryShape(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int round = 0; round < 200; round++) {
      List<String> elements = elements(random);
      String joined = String.join(",", elements);
      Request array = Request.json("[" + joined + "]");
      Request envelope = Request.json("{\"sent\":1,\"events\":[" + joined + "]}");
      Request lines = Request.lines(String.join("\n", elements));
      String as = "seed %d, round %d: %s".formatted(seed, round, joined);

      assertThat(envelope.refusals()).as(as).isEqualTo(array.refusals());
      assertThat(lines.refusals()).as(as).isEqualTo(array.refusals());
      assertThat(envelope.events()).as(as).isEqualTo(array.events());
      assertThat(lines.events()).as(as).isEqualTo(array.events());
      agreesWithJackson(elements, array, as);
    }
  }

  private static List<String> elements(RandomGenerator random) {
    List<String> elements = new ArrayList<>();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      if (random.nextInt(10) == 0) {
        elements.add(VALUES[random.nextInt(VALUES.length)]);
        continue;
      }
      List<String> fields = new ArrayList<>();
      for (int f = random.nextInt(5); f > 0; f--) {
        fields.add(
            "\"%s\":%s"
                .formatted(
                    NAMES[random.nextInt(NAMES.length)], VALUES[random.nextInt(VALUES.length)]));
      }
      fields.add(random.nextInt(fields.size() + 1), "\"event_type\":\"t" + i + "\"");
      elements.add("{" + String.join(random.nextBoolean() ? "," : " ,\t", fields) + "}");
    }
    return elements;
  }

  /// Every event that was taken has the fields that Jackson sees in it.
  private static void agreesWithJackson(List<String> elements, Request request, String as) {
    List<Integer> refused =
        ((Parsed.Events) request.parsed()).refusals().stream().map(r -> r.index()).toList();
    List<Event> events = request.events();
    int taken = 0;
    for (int i = 0; i < elements.size(); i++) {
      if (refused.contains(i)) {
        continue;
      }
      JsonNode node = JSON.readTree(elements.get(i));
      Event event = events.get(taken++);
      JsonNode payload = node.path("payload");
      assertThat(event.eventType()).as(as).isEqualTo(node.get("event_type").asString());
      assertThat(JSON.readTree(event.payload()))
          .as(as)
          .isEqualTo(payload.isObject() ? payload : node);
      assertThat(event.traceId().orElse("")).as(as).isEqualTo(text(node, "trace_id"));
      assertThat(event.partitionKey().orElse("")).as(as).isEqualTo(text(node, "partition_key"));
      assertThat(event.idempotencyKey().orElse("")).as(as).isEqualTo(text(node, "idempotency_key"));
      if (!text(node, "event_id").isEmpty()) {
        assertThat(event.eventId()).as(as).isEqualTo(text(node, "event_id"));
      }
    }
    assertThat(taken).as(as).isEqualTo(events.size());
  }

  private static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isString() ? value.asString() : "";
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void answersAnyBytesAndTakesOnlyWholeObjects(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int round = 0; round < 2_000; round++) {
      boolean asLines = random.nextBoolean();
      String joined = String.join(asLines ? "\n" : ",", elements(random));
      byte[] body = (asLines ? joined : "[" + joined + "]").getBytes(StandardCharsets.UTF_8);
      for (int damage = 1 + random.nextInt(3); damage > 0; damage--) {
        body[random.nextInt(body.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) "{}[]\",:\\u\n0e".charAt(random.nextInt(12));
      }
      Head head = Head.with("Content-Type", asLines ? "application/x-ndjson" : "application/json");
      Request request = Request.send(head, body, DialectLimits.DEFAULT);

      String as = "seed %d, round %d".formatted(seed, round);
      switch (request.parsed()) {
        case Parsed.Malformed malformed -> {
          assertThat(malformed.reason()).as(as).isNotEmpty();
          assertThat(malformed.code()).as(as).isNotEqualTo(Code.UNSUPPORTED_TYPE);
          assertThat(request.blocks()).as(as).isEmpty();
        }
        case Parsed.Events events -> {
          assertThat(request.events().size() + events.refusals().size())
              .as(as)
              .isEqualTo(events.total());
          for (Event event : request.events()) {
            assertThat(JSON.readTree(event.payload()).isObject()).as(as).isTrue();
          }
        }
      }
    }
  }
}
