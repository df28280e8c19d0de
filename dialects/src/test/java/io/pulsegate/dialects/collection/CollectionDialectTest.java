package io.pulsegate.dialects.collection;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Event;
import io.pulsegate.api.Sender;
import io.pulsegate.dialects.common.Spoken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CollectionDialectTest {
  private final CollectionDialect dialect = new CollectionDialect(DialectLimits.DEFAULT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"eventType\":\"a\"}",
        "{\"x\":{},\"eventType\":\"a\"}",
        "{\"event\\u0054ype\":\"a\"}",
        "{\"eventType\":5,\"events\":[]}"
      })
  void recognisesItsOwnByATopLevelEventType(String body) {
    assertThat(dialect.recognises(Spoken.head(), bytes(body))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"events\":[{\"eventType\":\"a\"}]}",
        "{\"x\":\"eventType\"}",
        "{\"EventType\":\"a\"}",
        "[{\"eventType\":\"a\"}]",
        "\"eventType\"",
        "eventType",
        "",
        "{\"x\":\"\\u0065ventType\"}"
      })
  void leavesTheOthersToTheOtherFormat(String body) {
    assertThat(dialect.recognises(Spoken.head(), bytes(body))).isFalse();
  }

  @Test
  void countsABatchAsAnEventAndLetsTheOthersInherit() {
    Spoken spoken =
        send(
            """
            {"eventType":"batch","sessionId":"s","visitorId":"v","siteId":"x.example","timestamp":"2025-07-11T12:00:00Z",
             "events":[{"eventType":"click","timestamp":"2025-07-11T12:00:01Z"},{"eventType":"scroll","sessionId":"own"}]}\
            """);

    List<Event> events = spoken.events();
    assertThat(events).extracting(Event::eventType).containsExactly("batch", "click", "scroll");
    assertThat(events.get(0).payload()).contains("\"events\":2");
    assertThat(events.get(1).payload())
        .isEqualTo(
            "{\"eventType\":\"click\",\"timestamp\":\"2025-07-11T12:00:01Z\",\"sessionId\":\"s\",\"visitorId\":\"v\",\"siteId\":\"x.example\"}");
    assertThat(events.get(1).occurredAt()).isEqualTo(Instant.parse("2025-07-11T12:00:01Z"));
    assertThat(events.get(2).occurredAt()).isEqualTo(Instant.parse("2025-07-11T12:00:00Z"));
    assertThat(events)
        .extracting(event -> event.partitionKey().orElse(""))
        .containsExactly("s", "s", "own");
    assertThat(spoken.reply().status()).isEqualTo(200);
    assertThat(spoken.reply().body())
        .hasToString(
            "{\"status\":\"success\",\"message\":\"3 event(s) received and stored\",\"events_processed\":3,\"client_id\":\"demo\",\"timestamp\":\"2026-03-10T12:00:00Z\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"eventType":"a"}                                   | INVALID_FIELD
          {"eventType":"a","siteId":""}                       | INVALID_FIELD
          {"eventType":"a","siteId":5}                        | INVALID_FIELD
          {"eventType":"","siteId":"s"}                       | INVALID_FIELD
          {"eventType":"a","siteId":"s","sessionId":5}        | INVALID_FIELD
          {"eventType":"a","siteId":"s","timestamp":true}     | INVALID_FIELD
          {"eventType":"a","eventType":"b","siteId":"s"}      | DUPLICATE_FIELD
          {"eventType":"batch","siteId":"s"}                  | INVALID_FIELD
          {"eventType":"batch","siteId":"s","events":{}}      | INVALID_FIELD
          {"eventType":"batch","siteId":"s","events":[]}      | EMPTY_REQUEST
          """)
  void turnsAwayWhatIsNoEventAndNoBatch(String body, Code code) {
    assertThat(send(body).malformed()).isEqualTo(code);
  }

  @Test
  void findsTheDomainOfItsSenderInSmallLetters() {
    assertThat(
            dialect.sender(
                Spoken.head(), bytes("{\"eventType\":\"a\",\"siteId\":\"Shop.Example\"}")))
        .isEqualTo(new Sender.Domain("shop.example"));
    assertThat(dialect.sender(Spoken.head(), bytes("{\"eventType\":\"a\"}")))
        .isEqualTo(Dialect.NOBODY);
    assertThat(dialect.sender(Spoken.head(), bytes("{\"siteId\":\"s\"} trailing")))
        .isEqualTo(Dialect.NOBODY);
    assertThat(dialect.sender(Spoken.head("Authorization", "Bearer k")))
        .contains(new Sender.Key("k"));
  }

  private Spoken send(String body) {
    return Spoken.to(dialect, Spoken.head(), body);
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
