package io.pulsegate.dialects.eventcollector;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Discarded;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Outcome;
import io.pulsegate.dialects.common.Spoken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventCollectorDialectTest {
  private static final String GOOD =
      "{\"event_id\":\"e\",\"learner_id\":\"learner_001\",\"event_type\":\"interaction\",\"priority\":\"high\",\"timestamp\":\"2024-01-15T10:30:00Z\",\"source_service\":\"s\",\"event_data\":{},\"metadata\":{}}";

  private final EventCollectorDialect dialect = new EventCollectorDialect(DialectLimits.DEFAULT);

  @Test
  void takesIdsAsItsExamplesHaveThem() {
    var event = send("[" + GOOD + "]").only();
    assertThat(event.eventId()).isEqualTo("e");
    assertThat(event.eventType()).isEqualTo("interaction");
    assertThat(event.partitionKey()).hasValue("learner_001");
    assertThat(event.occurredAt()).isEqualTo(Instant.parse("2024-01-15T10:30:00Z"));
    assertThat(event.payload()).isEqualTo(GOOD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tenant_id", "priority", "metadata"})
  void doesWithoutWhatItsExamplesLeaveOut(String field) {
    String without = GOOD.replaceAll(",\"" + field + "\":(\"[a-z]*\"|\\{})", "");
    assertThat(send("[" + without + "]").refusals()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "event_id":"e",                      | ''                       | event_id
          "learner_id":"learner_001"           | "learner_id":""          | learner_id
          "event_type":"interaction"           | "event_type":"click"     | event_type is one of
          "priority":"high"                    | "priority":"urgent"      | priority is one of
          "priority":"high"                    | "priority":5             | priority
          "timestamp":"2024-01-15T10:30:00Z"   | "timestamp":1705314600   | timestamp
          "timestamp":"2024-01-15T10:30:00Z"   | "timestamp":"2024-13-01T00:00:00Z" | timestamp is not a time
          "source_service":"s",                | ''                       | source_service
          "event_data":{}                      | "event_data":[]          | event_data
          "event_data":{},                     | ''                       | event_data is missing
          "metadata":{}                        | "metadata":"text"        | metadata
          "metadata":{}                        | "tenant_id":"stranger"   | tenant_id names no tenant
          """)
  void discardsAnEventThatBreaksTheSchemaWithTheReason(String part, String other, String reason) {
    assertThat(GOOD).contains(part);
    Spoken spoken = send("[" + GOOD.replace(part, other) + "]");

    assertThat(((Parsed.Events) spoken.parsed()).discarded())
        .singleElement()
        .satisfies(kept -> {
          assertThat(kept.refusal().reason()).startsWith(reason);
          assertThat(kept.payload()).hasToString(GOOD.replace(part, other));
        });
    assertThat(spoken.reply().status()).isEqualTo(422);
  }

  @Test
  void tellsThoseDiscardedByTheirIdsAndMakesOneWhereThereIsNone() {
    Spoken spoken = send("{\"batch_id\":\"b\",\"events\":[" + GOOD + ",{\"event_id\":\"x-1\"},7]}");
    List<Discarded> discarded = ((Parsed.Events) spoken.parsed()).discarded();

    assertThat(discarded).hasSize(2);
    assertThat(discarded.getFirst().eventId()).isEqualTo("x-1");
    assertThat(discarded.getLast().eventId()).hasSize(36);
    assertThat(spoken.reply().status()).isEqualTo(207);
    assertThat(spoken.reply().body())
        .hasToString(
            "{\"batch_id\":\"b\",\"accepted_count\":1,\"rejected_count\":2,\"processing_time_ms\":2.0,\"kafka_partition\":null,\"dlq_events\":[\"x-1\",\"%s\"],\"warnings\":[]}"
                .formatted(discarded.getLast().eventId()));
  }

  @Test
  void tellsThePartitionOfTheFirstEventThatIsTaken() {
    String batch =
        "[{\"event_id\":\"bad\"},%s,%s]"
            .formatted(GOOD, GOOD.replace("learner_001", "learner_002"));
    var outcome = new Outcome.Accepted(Durability.DISK, 2, List.of(), List.of(), 0, 7);
    Function<byte[], OptionalInt> partitions =
        key ->
            new String(key, StandardCharsets.UTF_8).equals("learner_001")
                ? OptionalInt.of(2)
                : OptionalInt.of(1);
    assertThat(send(batch).reply(outcome, partitions).body().toString())
        .contains("\"kafka_partition\":2");
    assertThat(send("[{\"event_id\":\"bad\"}]").reply(outcome, partitions).body().toString())
        .contains("\"kafka_partition\":null");
  }

  @Test
  void warnsOfDuplicatesAndOfThoseWithOtherContent() {
    Spoken spoken = send("[" + GOOD + "," + GOOD.replace("\"e\"", "\"f\"") + "]");
    var outcome = new Outcome.Accepted(Durability.DISK, 0, List.of(0, 1), List.of(1), 0, -1);

    assertThat(spoken.reply(outcome).status()).isEqualTo(200);
    assertThat(spoken.reply(outcome).body().toString())
        .contains("\"accepted_count\":2")
        .contains("\"event e was received before and is kept once\"")
        .contains("event f was received before and is kept once, as it came first");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"batch_id\":7,\"events\":[%s]}",
        "{\"batch_id\":\"\",\"events\":[%s]}",
        "{\"batch_id\":\"a\\nb\",\"events\":[%s]}",
        "{\"batch_id\":\"a\",\"batch_id\":\"b\",\"events\":[%s]}",
        "{\"metadata\":[],\"events\":[%s]}",
        "{\"events\":%s}",
        "\"%s\"",
        "17"
      })
  void storesNothingOfABadEnvelope(String body) {
    String sent = body.replace("%s", body.startsWith("\"") ? "x" : GOOD);
    assertThat(send(sent).malformed()).isEqualTo(Code.BAD_REQUEST);
  }

  private Spoken send(String body) {
    return Spoken.to(dialect, Spoken.head("Content-Type", "application/json"), body);
  }
}
