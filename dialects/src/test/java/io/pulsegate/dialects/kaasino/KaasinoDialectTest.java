package io.pulsegate.dialects.kaasino;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Sender;
import io.pulsegate.dialects.common.Spoken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KaasinoDialectTest {
  private final KaasinoDialect dialect = new KaasinoDialect(DialectLimits.DEFAULT);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"event_type":"own","service_name":"wallet"} | own
          {"service_name":"wallet","metric_name":"x"}  | api_metric
          {"psp_name":"pix","metric_name":"x"}         | psp_metric
          {"metric_name":"LCP"}                        | web_vital
          """)
  void namesAnEventByWhatItMeasuresWhereItHasNoType(String event, String type) {
    assertThat(one(event).only().eventType()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"page_path":"/"}                          | MISSING_EVENT_TYPE
          {"event_type":"a","lcp_ms":"1"}            | INVALID_FIELD
          {"event_type":"a","duration_ms":[]}        | INVALID_FIELD
          {"event_type":"a","status_code":2e2}       | INVALID_FIELD
          {"event_type":"a","status_code":200.0}     | INVALID_FIELD
          {"event_type":"a","success":"true"}        | INVALID_FIELD
          {"event_type":"a","success":1}             | INVALID_FIELD
          {"event_type":"a","amount":"100.00"}       | INVALID_FIELD
          {"event_type":"a","player_id":5}           | INVALID_FIELD
          {"event_type":"a","event_type":"b"}        | DUPLICATE_FIELD
          {"event_type":7}                           | INVALID_FIELD
          """)
  void refusesAFieldOfAnotherKind(String event, Code code) {
    assertThat(one(event).refusals()).singleElement().matches(refusal -> refusal.code() == code);
    assertThat(one(event).reply().status()).isEqualTo(422);
  }

  @Test
  void takesTimeAndSessionForTheEventsOwn() {
    var event =
        one("{\"event_type\":\"a\",\"time\":\"2024-01-15T10:30:00Z\",\"session_id\":\"s-1\",\"event_id\":\"e-1\"}")
            .only();
    assertThat(event.occurredAt()).isEqualTo(Instant.parse("2024-01-15T10:30:00Z"));
    assertThat(event.partitionKey()).hasValue("s-1");
    assertThat(event.eventId()).isEqualTo("e-1");
  }

  @Test
  void addsTheSiteBehindTheFieldsOfAnEventThatHasNone() {
    var head = Spoken.head("X-Site-Id", "a \"b\"");
    String payload =
        Spoken.to(dialect, head, "{\"events\":[{\"event_type\":\"a\"}]}").only().payload();
    assertThat(payload).isEqualTo("{\"event_type\":\"a\",\"site_id\":\"a \\\"b\\\"\"}");
    assertThat(
            Spoken.to(dialect, head, "{\"events\":[{\"event_type\":\"a\",\"site_id\":\"own\"}]}")
                .only()
                .payload())
        .isEqualTo("{\"event_type\":\"a\",\"site_id\":\"own\"}");
  }

  @Test
  void findsItsSenderInHeaderQueryAndBodyInThisOrder() {
    Bytes body = bytes("{\"siteId\":\"body\",\"events\":[]}");
    assertThat(dialect.sender(Spoken.head("X-Site-Id", "h", "?site_id", "q"), body))
        .isEqualTo(new Sender.Site("h", Optional.empty()));
    assertThat(dialect.sender(Spoken.head("?siteId", "q", "Origin", "https://a.example"), body))
        .isEqualTo(new Sender.Site("q", Optional.of("https://a.example")));
    assertThat(dialect.sender(Spoken.head(), body))
        .isEqualTo(new Sender.Site("body", Optional.empty()));
    assertThat(dialect.sender(Spoken.head(), bytes("not json")))
        .isEqualTo(new Sender.Site("", Optional.empty()));
    assertThat(dialect.sender(Spoken.head("X-API-Key", "k", "X-Site-Id", "h")))
        .contains(new Sender.Key("k"));
  }

  @Test
  void answers202WithCounts() {
    assertThat(one("{\"event_type\":\"a\"}").reply().status()).isEqualTo(202);
    assertThat(one("{\"event_type\":\"a\"}").reply().body())
        .hasToString(
            "{\"status\":\"accepted\",\"accepted\":1,\"duplicates\":0,\"rejected\":[],\"durability\":\"disk\"}");
  }

  private Spoken one(String event) {
    return Spoken.to(dialect, Spoken.head(), "{\"events\":[" + event + "]}");
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
