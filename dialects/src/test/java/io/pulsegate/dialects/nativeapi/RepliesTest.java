package io.pulsegate.dialects.nativeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RepliesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final List<Refusal> TWO_REFUSED =
      List.of(
          new Refusal(0, Code.MISSING_EVENT_TYPE, "event_type is missing or empty"),
          new Refusal(3, Code.INVALID_FIELD, "event_id must be a string, not a number"));

  private final Dialect dialect = new NativeDialect(DialectLimits.DEFAULT);

  @Test
  void tellsWhatBecameOfEachEvent() {
    Reply reply =
        Replies.of(
            5,
            TWO_REFUSED,
            new Outcome.Accepted(Durability.DISK, 1, List.of(1, 2), List.of(2), 0, 123));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.contentType()).isEqualTo("application/json");
    assertThat(reply.headers()).isEmpty();
    assertThat(reply.body().toString())
        .isEqualTo(
            """
            {"accepted":1,"duplicates":2,"rejected":[\
            {"index":0,"code":"missing_event_type","reason":"event_type is missing or empty"},\
            {"index":3,"code":"invalid_field","reason":"event_id must be a string, not a number"}],\
            "conflicts":[4],"durability":"disk","position":{"partition":0,"offset":123}}\
            """);
  }

  @Test
  void namesConflictsByTheirIndexInTheRequest() {
    // Handed over were the events 1, 2 and 4.
    Reply reply =
        Replies.of(
            5,
            TWO_REFUSED,
            new Outcome.Accepted(Durability.DISK, 0, List.of(0, 1, 2), List.of(2, 0, 1), 0, -1));
    assertThat(body(reply).get("conflicts").values().stream().map(JsonNode::asInt))
        .containsExactly(4, 1, 2);
  }

  @ParameterizedTest
  @CsvSource({
    "DISK, 3, 0, 200",
    "DISK, 0, 3, 200",
    "DISK, 1, 0, 200",
    "DISK, 0, 0, 422",
    "MEMORY, 1, 0, 202",
    "MEMORY, 0, 0, 422"
  })
  void answersByWhetherAnythingWasTaken(
      Durability level, int accepted, int duplicates, int status) {
    List<Integer> places = List.of(0, 1, 2).subList(0, duplicates);
    Reply reply =
        Replies.of(5, TWO_REFUSED, new Outcome.Accepted(level, accepted, places, List.of(), 0, -1));

    assertThat(reply.status()).isEqualTo(status);
    assertThat(body(reply).get("durability").asString()).isEqualTo(level.text());
    assertThat(body(reply).has("position")).isFalse();
    assertThat(body(reply).has("conflicts")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "999, 1", "1000, 1", "1001, 2", "60000, 60", "-5, 1"})
  void saysWhenToComeAgainInWholeSeconds(long millis, String seconds) {
    Duration retryAfter = Duration.ofMillis(millis);
    Reply throttled =
        Replies.of(5, TWO_REFUSED, new Outcome.Throttled(retryAfter, "events_per_second"));
    Reply unavailable =
        Replies.of(
            5,
            TWO_REFUSED,
            new Outcome.Unavailable(Code.STOPPING, retryAfter, "the server is stopping"));

    assertThat(throttled.status()).isEqualTo(429);
    assertThat(throttled.headers()).isEqualTo(Map.of("Retry-After", seconds));
    assertThat(body(throttled).at("/error/code").asString()).isEqualTo("throttled");
    assertThat(body(throttled).at("/error/message").asString()).contains("events_per_second");
    assertThat(unavailable.status()).isEqualTo(503);
    assertThat(unavailable.headers()).isEqualTo(Map.of("Retry-After", seconds));
    assertThat(body(unavailable).at("/error/code").asString()).isEqualTo("stopping");
  }

  @ParameterizedTest
  @EnumSource(Code.class)
  void refusesWithTheStatusOfTheCode(Code code) {
    Reply reply = dialect.refuse(code, "because of \"this\"\n", Duration.ZERO);

    assertThat(reply.status()).isEqualTo(code.status());
    assertThat(reply.contentType()).isEqualTo("application/json");
    assertThat(body(reply).at("/error/code").asString()).isEqualTo(code.text());
    assertThat(body(reply).at("/error/message").asString()).isEqualTo("because of \"this\"\n");
    assertThat(reply.headers().containsKey("Retry-After"))
        .isEqualTo(code.status() == 429 || code.status() == 503);
    assertThat(reply.headers().containsKey("WWW-Authenticate")).isEqualTo(code.status() == 401);
  }

  @Test
  void isFoundByServiceLoader() {
    Dialect found =
        ServiceLoader.load(DialectFactory.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(factory -> factory.name().equals("native"))
            .map(factory -> factory.create(DialectLimits.DEFAULT))
            .findFirst()
            .orElseThrow();

    assertThat(found.name()).isEqualTo("native");
    assertThat(found.endpoints()).containsExactly(new Dialect.Endpoint("POST", "/v1/events"));
  }

  private static JsonNode body(Reply reply) {
    return JSON.readTree(reply.body().toString());
  }
}
