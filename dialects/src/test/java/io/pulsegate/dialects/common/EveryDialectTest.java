package io.pulsegate.dialects.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Event;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Reply;
import io.pulsegate.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What holds for all four formats beside the native one, whatever they look like.
class EveryDialectTest {
  private static final JsonMapper JSON = new JsonMapper();

  /// The formats, each with a good event, a bad one, and how several stand in a body.
  enum Format {
    KAASINO(
        "kaasino",
        "{\"event_type\":\"web_vital\",\"metric_name\":\"LCP\",\"x\":[1,{\"y\":null}]}",
        "{\"event_type\":\"web_vital\",\"lcp_ms\":\"1\"}",
        "{\"events\":[%s]}",
        10_000),
    COLLECTOR(
        "event-collector",
        "{\"event_id\":\"e-%d\",\"learner_id\":\"l\",\"event_type\":\"system\",\"timestamp\":\"2024-01-15T10:30:00Z\",\"source_service\":\"s\",\"event_data\":{\"x\":[1,{\"y\":null}]}}",
        "{\"event_id\":\"bad-%d\",\"learner_id\":7}",
        "[%s]",
        1_000),
    PULSEMETRICS(
        "pulsemetrics",
        "{\"type\":\"t\",\"x\":[1,{\"y\":null}]}",
        "{\"type\":\"t\",\"value\":\"1\"}",
        "%s",
        1),
    COLLECTION(
        "collection",
        "{\"eventType\":\"click\",\"x\":[1,{\"y\":null}]}",
        "{\"eventType\":5}",
        "{\"eventType\":\"batch\",\"siteId\":\"s\",\"events\":[%s]}",
        9_999);

    private final String dialect;
    private final String good;
    private final String bad;
    private final String batch;
    private final int eventsMax;

    Format(String dialect, String good, String bad, String batch, int eventsMax) {
      this.dialect = dialect;
      this.good = good;
      this.bad = bad;
      this.batch = batch;
      this.eventsMax = eventsMax;
    }

    Dialect create() {
      return Spoken.dialect(dialect, DialectLimits.DEFAULT);
    }

    String good(int number) {
      return good.replace("%d", "" + number);
    }

    String bad(int number) {
      return bad.replace("%d", "" + number);
    }

    String batch(List<String> events) {
      return batch.replace("%s", String.join(",", events));
    }

    String goodBatch(int count) {
      return batch(IntStream.range(0, count).mapToObj(this::good).toList());
    }

    /// Events that a batch is itself.
    int wrappers() {
      return this == COLLECTION ? 1 : 0;
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsUnknownFieldsAndSpacesAsTheyWereSent(Format format) {
    String event = format.good(1).replace("\"x\":[1,", "\"x\" : [ 1.00, ");
    Event stored = Spoken.to(format.dialect, format.batch(List.of(event))).events().getFirst();

    assertThat(stored.payload()).startsWith(event.substring(0, event.length() - 1));
    assertThat(stored.dialect()).isEqualTo(format.dialect);
  }

  @ParameterizedTest
  @EnumSource
  void givesAnIdAndATimeToAnEventWithout(Format format) {
    Event stored = Spoken.to(format.dialect, format.goodBatch(1)).events().getFirst();

    assertThat(stored.eventId()).isNotEmpty();
    if (format != Format.COLLECTOR) {
      assertThat(stored.occurredAt()).isEqualTo(Spoken.NOW);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"KAASINO", "COLLECTOR", "COLLECTION"})
  void takesTheGoodOnesOfAMixedBatchAndNamesTheOthers(Format format) {
    Spoken spoken =
        Spoken.to(
            format.dialect,
            format.batch(
                List.of(format.good(0), format.bad(1), "5", format.good(3), "null", "[]")));

    int first = format.wrappers();
    assertThat(spoken.events()).hasSize(2 + first);
    assertThat(spoken.refusals())
        .extracting(refusal -> refusal.index())
        .containsExactly(first + 1, first + 2, first + 4, first + 5);
    assertThat(spoken.refusals().subList(1, 4))
        .allMatch(refusal -> refusal.code() == Code.EXPECTED_OBJECT);
    assertThat(spoken.reply().status() / 100).isEqualTo(2);
    assertThat(body(spoken.reply())).isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void takesAsManyAsItMayAndOneMoreNotAtAll(Format format) {
    Spoken most = Spoken.to(format.dialect, format.goodBatch(format.eventsMax));
    assertThat(most.events()).hasSize(format.eventsMax + format.wrappers());
    assertThat(most.refusals()).isEmpty();

    Spoken more = Spoken.to(format.dialect, format.goodBatch(format.eventsMax + 1));
    assertThat(more.malformed()).isIn(Code.TOO_MANY_EVENTS, Code.BAD_JSON, Code.EXPECTED_OBJECT);
  }

  @ParameterizedTest
  @EnumSource
  void turnsAwayWhatHoldsNothing(Format format) {
    assertThat(Spoken.to(format.dialect, "").malformed()).isIn(Code.EMPTY_REQUEST, Code.BAD_JSON);
    assertThat(Spoken.to(format.dialect, "  \n").malformed())
        .isIn(Code.EMPTY_REQUEST, Code.BAD_JSON);
    if (format != Format.PULSEMETRICS) {
      assertThat(Spoken.to(format.dialect, format.batch(List.of())).malformed())
          .isEqualTo(Code.EMPTY_REQUEST);
    }
  }

  @ParameterizedTest
  @EnumSource
  void turnsAwayWhatIsNoJsonAfterTheLastEventToo(Format format) {
    for (String behind : List.of("x", "{}", ",", "]")) {
      assertThat(Spoken.to(format.dialect, format.goodBatch(1) + behind).malformed())
          .as(behind)
          .isEqualTo(Code.BAD_JSON);
    }
    assertThat(
            Spoken.to(format.create(), Spoken.head(), new byte[] {'{', '"', (byte) 0xff, '"', '}'})
                .malformed())
        .isEqualTo(Code.BAD_UTF8);
  }

  @ParameterizedTest
  @EnumSource
  void turnsAwayTooDeepDocumentsAndTypesItDoesNotRead(Format format) {
    String deep =
        format.good(1).replace("\"x\":[1,", "\"x\":[" + "[".repeat(70) + "]".repeat(70) + ",");
    assertThat(Spoken.to(format.dialect, format.batch(List.of(deep))).malformed())
        .isEqualTo(Code.TOO_DEEP);
    assertThat(
            Spoken.to(
                    format.create(),
                    Spoken.head("Content-Type", "application/xml"),
                    format.goodBatch(1))
                .malformed())
        .isEqualTo(Code.UNSUPPORTED_TYPE);
    assertThat(
            Spoken.to(
                    format.create(),
                    Spoken.head("Content-Type", "text/plain;charset=UTF-8"),
                    format.goodBatch(1))
                .refusals())
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void passesOnWhenToComeAgain(Format format) {
    Spoken spoken = Spoken.to(format.dialect, format.goodBatch(1));
    for (Outcome outcome :
        List.of(
            new Outcome.Throttled(Duration.ofMillis(1_500), "events_per_second"),
            new Outcome.Unavailable(Code.UNAVAILABLE, Duration.ofSeconds(2), "the disk is full"))) {
      Reply reply = spoken.reply(outcome);
      assertThat(reply.status()).isIn(429, 503);
      assertThat(reply.headers()).containsEntry("Retry-After", "2");
      assertThat(body(reply).get("detail").asString())
          .isEqualTo(body(reply).get("error").get("message").asString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void countsADuplicateAsTaken(Format format) {
    Spoken spoken = Spoken.to(format.dialect, format.goodBatch(1));
    Reply reply =
        spoken.reply(
            new Outcome.Accepted(
                Durability.DISK, spoken.events().size() - 1, List.of(0), List.of(), 0, -1));
    assertThat(reply.status() / 100).isEqualTo(2);
  }

  /// Whatever the bytes are, the answer is a reason or whole objects, and never an exception.
  @ParameterizedTest
  @EnumSource
  void answersAnyBytes(Format format) {
    Dialect dialect = format.create();
    Seeds.each(
        4,
        (seed, random) -> {
          for (int round = 0; round < 500; round++) {
            String text =
                format.batch(
                    IntStream.range(0, 1 + random.nextInt(format == Format.PULSEMETRICS ? 1 : 4))
                        .mapToObj(i -> random.nextBoolean() ? format.good(i) : format.bad(i))
                        .collect(Collectors.toList()));
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            for (int damage = random.nextInt(4); damage > 0; damage--) {
              body[random.nextInt(body.length)] =
                  random.nextBoolean()
                      ? (byte) random.nextInt(256)
                      : (byte) "{}[]\",:\\u\n0e".charAt(random.nextInt(12));
            }
            Spoken spoken = Spoken.to(dialect, Spoken.head(), body);
            boolean _ =
                dialect.sender(Spoken.head(), new io.pulsegate.api.Bytes(body, 0, body.length))
                    != null;
            switch (spoken.parsed()) {
              case Parsed.Malformed malformed -> {
                assertThat(malformed.reason()).isNotEmpty();
              }
              case Parsed.Events events -> {
                assertThat(spoken.events().size() + events.refusals().size())
                    .isEqualTo(events.total());
                for (Event event : spoken.events()) {
                  assertThat(JSON.readTree(event.payload()).isObject()).isTrue();
                }
                Reply reply = spoken.reply();
                assertThat(reply.status()).isIn(200, 202, 207, 422);
                assertThat(reply.body().length() == 0 || body(reply).isObject()).isTrue();
              }
            }
          }
        });
  }

  private static JsonNode body(Reply reply) {
    return JSON.readTree(reply.body().toString());
  }
}
