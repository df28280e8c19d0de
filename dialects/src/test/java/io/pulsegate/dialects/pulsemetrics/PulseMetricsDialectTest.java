package io.pulsegate.dialects.pulsemetrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Code;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Reply;
import io.pulsegate.dialects.common.Spoken;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PulseMetricsDialectTest {
  private final PulseMetricsDialect dialect = new PulseMetricsDialect(DialectLimits.DEFAULT);

  @Test
  void takesTheExampleOfTheDocument() {
    String metric =
        "{\"type\":\"page_view\",\"name\":\"/home\",\"value\":1,\"tags\":{\"browser\":\"chrome\"}}";
    var event = send(metric).only();
    assertThat(event.eventType()).isEqualTo("page_view");
    assertThat(event.payload()).isEqualTo(metric);
  }

  @Test
  void takesAnIdAndATimeWhereThereAreSuch() {
    var event = send("{\"type\":\"t\",\"id\":\"m-1\",\"timestamp\":1705314600}").only();
    assertThat(event.eventId()).isEqualTo("m-1");
    assertThat(event.occurredAt()).isEqualTo(Instant.parse("2024-01-15T10:30:00Z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"name":"/home"}             | MISSING_EVENT_TYPE
          {"type":""}                  | MISSING_EVENT_TYPE
          {"type":5}                   | INVALID_FIELD
          {"type":"t","name":5}        | INVALID_FIELD
          {"type":"t","value":"1"}     | INVALID_FIELD
          {"type":"t","tags":[]}       | INVALID_FIELD
          {"type":"t","id":5}          | INVALID_FIELD
          {"type":"t","type":"u"}      | DUPLICATE_FIELD
          [{"type":"t"}]               | EXPECTED_OBJECT
          "t"                          | EXPECTED_OBJECT
          {"type":"t"                  | BAD_JSON
          """)
  void refusesWhatIsNoMetric(String body, Code code) {
    assertThat(send(body).malformed()).isEqualTo(code);
  }

  @Test
  void answersWithAnEmptyBodyAndTellsLevelAndDropsInHeaders() {
    Spoken spoken = send("{\"type\":\"t\"}");
    Reply kept = spoken.reply();
    assertThat(kept.status()).isEqualTo(202);
    assertThat(kept.body().length()).isZero();
    assertThat(kept.headers()).containsOnlyKeys("X-PulseGate-Durability");
    assertThat(kept.headers()).containsEntry("X-PulseGate-Durability", "disk");

    Reply dropped =
        spoken.reply(new Outcome.Accepted(Durability.MEMORY, 0, List.of(), List.of(), 0, -1));
    assertThat(dropped.status()).isEqualTo(202);
    assertThat(dropped.headers()).containsEntry("X-PulseGate-Dropped", "1");
    Reply taken =
        spoken.reply(new Outcome.Accepted(Durability.MEMORY, 1, List.of(), List.of(), 0, -1));
    assertThat(taken.headers()).containsEntry("X-PulseGate-Durability", "memory");
    assertThat(taken.headers()).doesNotContainKey("X-PulseGate-Dropped");
  }

  private Spoken send(String body) {
    return Spoken.to(dialect, Spoken.head(), body);
  }
}
