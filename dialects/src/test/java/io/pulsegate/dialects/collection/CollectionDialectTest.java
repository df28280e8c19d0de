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
    assertThat(events).extracting(Event::eventType).containsExactly("click", "scroll", "batch");
    assertThat(events.get(2).payload()).contains("\"events\":2");
    assertThat(events.get(0).payload())
        .isEqualTo(
            "{\"eventType\":\"click\",\"timestamp\":\"2025-07-11T12:00:01Z\",\"sessionId\":\"s\",\"visitorId\":\"v\",\"siteId\":\"x.example\"}");
    assertThat(events.get(0).occurredAt()).isEqualTo(Instant.parse("2025-07-11T12:00:01Z"));
    assertThat(events.get(1).occurredAt()).isEqualTo(Instant.parse("2025-07-11T12:00:00Z"));
    assertThat(events)
        .extracting(event -> event.partitionKey().orElse(""))
        .containsExactly("s", "own", "s");
    assertThat(spoken.reply().status()).isEqualTo(200);
    assertThat(spoken.reply().body())
        .hasToString(
            "{\"status\":\"success\",\"message\":\"3 event(s) received and stored\",\"events_processed\":3,\"client_id\":\"demo\",\"timestamp\":\"2026-03-10T12:00:00Z\"}");
  }

  /// What the events of a batch inherit may stand behind them, and so may what makes it a batch.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"events\":[%s],\"eventType\":\"batch\",\"siteId\":\"s\",\"sessionId\":\"x\"}",
        "{\"eventType\":\"batch\",\"siteId\":\"s\",\"events\":[%s],\"sessionId\":\"x\"}",
        "{\"eventType\":\"batch\",\"sessionId\":\"x\",\"events\":[%s],\"more\":[{}],\"siteId\":\"s\"}",
        "{\"eventType\":\"batch\",\"sessionId\":\"x\",\"siteId\":\"s\",\"events\":[%s]}",
      })
  void readsABatchAlikeWhereverItsFieldsStand(String body) {
    Spoken spoken = send(body.formatted("{\"eventType\":\"click\"},7,{\"eventType\":\"scroll\"}"));

    assertThat(spoken.events())
        .extracting(Event::eventType)
        .containsExactly("click", "scroll", "batch");
    assertThat(spoken.events())
        .allSatisfy(event -> {
          assertThat(event.partitionKey()).hasValue("x");
          assertThat(event.payload()).contains("\"siteId\":\"s\"").contains("\"sessionId\":\"x\"");
        });
    assertThat(spoken.reply().body().toString())
        .contains("\"events_processed\":3")
        .contains("\"rejected\":[{\"index\":2,");
  }

  @Test
  void takesABatchUpToItsLimitAndNotOneMore() {
    var small = new CollectionDialect(new DialectLimits(3, 64));
    String batch = "{\"eventType\":\"batch\",\"siteId\":\"s\",\"events\":[%s]}";
    String event = "{\"eventType\":\"a\"}";

    assertThat(Spoken.to(small, Spoken.head(), batch.formatted(event + "," + event)).events())
        .hasSize(3);
    assertThat(
            Spoken.to(
                    small,
                    Spoken.head(),
                    batch.formatted(event + "," + event + "," + event + ",[{}]"))
                .malformed())
        .isEqualTo(Code.TOO_MANY_EVENTS);
  }

  @Test
  void keepsTheEventsOfASingleEventAsTheyAre() {
    String body = "{\"eventType\":\"a\",\"siteId\":\"s\",\"events\":[{\"eventType\":\"b\"}]}";
    assertThat(send(body).events())
        .singleElement()
        .satisfies(event -> assertThat(event.payload()).isEqualTo(body));
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
    assertThat(dialect.sender(Spoken.head(), bytes("{\"siteId\":5,\"x\":1}")))
        .isEqualTo(Dialect.NOBODY);
    assertThat(dialect.sender(Spoken.head(), bytes("{\"siteId\" broken")))
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
