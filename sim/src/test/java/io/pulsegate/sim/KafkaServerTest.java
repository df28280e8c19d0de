package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.testkit.Seeds;
import io.pulsegate.testkit.TestPostgres;
import io.pulsegate.testkit.kafka.Received;
import io.pulsegate.testkit.kafka.TestKafka;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The real server in front of a real broker, set up as those did who had one of the older
/// collectors.
final class KafkaServerTest {
  private static final int EVENTS = 500;
  private static final int LEARNERS = 7;
  private static final String LAG = "pulsegate_stream_lag{sink=\"kafka\"}";

  /// From the environment alone; the broker is killed, and comes back.
  @Test
  @Timeout(240)
  void keepsWhatComesInWhileTheBrokerIsAwayAndSendsItInOrder(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    try (TestKafka kafka = TestKafka.start()) {
      kafka.createTopic("events", 3, Map.of("max.message.bytes", "100000"));
      kafka.createTopic("events-dlq", 1, Map.of());
      var environment =
          Map.of(
              "KAFKA_BOOTSTRAP_SERVERS", kafka.servers(),
              "KAFKA_TIMEOUT", "6s",
              "KAFKA_CONNECT_TIMEOUT", "2s",
              "KAFKA_COMPRESSION_TYPE", "gzip",
              "DLQ_TOPIC", "events-dlq",
              "MAX_BUFFER_SIZE_MB", "2");
      try (var server = new ServerProcess(folder, "", environment)) {
        int sent = 0;
        assertTaken(collect(server, sent++));
        server.awaitSettled("kafka");

        kafka.kill(0);
        HttpResponse<String> reply = collect(server, sent);
        while (reply.statusCode() == 200) {
          assertThat(++sent).as("requests until 2 MiB wait").isLessThan(60);
          reply = collect(server, sent);
        }
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(503);
        assertThat(reply.headers().firstValue("Retry-After")).isPresent();
        assertThat(server.metric(LAG)).isEqualTo((sent - 1) * EVENTS);
        assertThat(server.metric("pulsegate_backlog_used_percent")).isEqualTo(100);
        assertThat(server.metric("pulsegate_log_outage_hours_left")).isZero();

        kafka.restart(0);
        server.awaitSettled("kafka");
        assertThat(server.metric("pulsegate_backlog_used_percent")).isZero();
        HttpResponse<String> last = collect(server, sent++);
        assertTaken(last);
        server.awaitSettled("kafka");
        assertPartition(last, kafka.received("events"), (sent - 1) * EVENTS);
        assertInOrder(kafka.received("events"), sent * EVENTS);
        mirrorsWhatTheTopicRefuses(server, kafka);
        assertThat(server.terminate()).as(server.output()).isZero();
      }
    }
  }

  private static void assertTaken(HttpResponse<String> reply) {
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
  }

  /// The partition that the reply told is the one where the event is, which is its first.
  private static void assertPartition(
      HttpResponse<String> reply, List<Received> records, int number) {
    assertThat(records.stream().filter(record -> number(record) == number))
        .allSatisfy(record ->
            assertThat(reply.body()).contains("\"kafka_partition\":" + record.partition() + ","))
        .isNotEmpty();
  }

  /// The request number `n`: events `n * EVENTS` and on.
  private static HttpResponse<String> collect(ServerProcess server, int n) throws Exception {
    return server.post(
        "/api/v1/collect",
        IntStream.range(n * EVENTS, (n + 1) * EVENTS)
            .mapToObj(i -> event(i, "\"number\": " + i))
            .collect(Collectors.joining(",", "[", "]")));
  }

  private static String event(int i, String data) {
    return """
    {"event_id": "00000000-0000-4000-8000-%012d", "learner_id": "00000000-0000-4000-9000-%012d",
     "tenant_id": "demo", "event_type": "interaction",
     "timestamp": "2026-01-15T10:30:00Z", "source_service": "learning-app",
     "event_data": {%s}, "metadata": {}}\
    """
        .formatted(i, i % LEARNERS, data);
  }

  /// Each learner's events first arrive in the order they were sent in, and all of them do.
  private static void assertInOrder(List<Received> records, int count) {
    var byLearner = new HashMap<String, List<Integer>>();
    records.stream()
        .collect(Collectors.groupingBy(record -> record.key().orElseThrow()))
        .forEach((learner, ofLearner) ->
            byLearner.put(
                learner, ofLearner.stream().map(KafkaServerTest::number).distinct().toList()));
    assertThat(byLearner).hasSize(LEARNERS);
    byLearner.forEach((learner, numbers) -> {
      int first = numbers.getFirst();
      assertThat(numbers)
          .isEqualTo(IntStream.iterate(first, i -> i < count, i -> i + LEARNERS).boxed().toList());
    });
  }

  private static int number(Received record) {
    return Integer.parseInt(record.eventId().substring(24));
  }

  private static void mirrorsWhatTheTopicRefuses(ServerProcess server, TestKafka kafka)
      throws Exception {
    byte[] noise = new byte[200_000];
    Seeds.random(1).nextBytes(noise);
    String large = event(999_999, "\"noise\": \"" + HexFormat.of().formatHex(noise) + "\"");

    assertTaken(server.post("/api/v1/collect", "[" + large + "]"));

    server.await("the copy", () -> !kafka.received("events-dlq").isEmpty());
    Received copy = kafka.received("events-dlq").getFirst();
    assertThat(copy.eventId()).endsWith("999999");
    assertThat(copy.value())
        .contains("\"original_event\":{")
        .contains("\"code\":\"MESSAGE_TOO_LARGE\"")
        .contains("\"retry_count\":")
        .contains("\"failure_timestamp\":\"20");
  }

  /// The tenant of the plan, as it stands there.
  @Test
  @Timeout(240)
  void deliversIntoPostgresAndKafkaAtOnce(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    TestKafka kafka = TestKafka.shared();
    kafka.createTopic("analytics_events", 3, Map.of());
    try (var postgres = TestPostgres.start()) {
      String database = postgres.newDatabase();
      var environment =
          Map.of(
              "DATABASE_URL", postgres.url(database), "KAFKA_BOOTSTRAP_SERVERS", kafka.servers());
      try (var server = new ServerProcess(folder, TENANT_OF_THE_PLAN, environment)) {
        String body =
            IntStream.range(0, 100)
                .mapToObj(i ->
                    "{\"event_id\":\"e-%d\",\"event_type\":\"user_sign_up\",\"email\":\"a@b.example\",\"n\":%d}"
                        .formatted(i, i))
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(server.post(body).statusCode()).isEqualTo(200);
        server.awaitSettled("postgres", "kafka");

        assertThat(
                Tables.number(
                    postgres, database, "SELECT count(DISTINCT event_id) FROM events_raw"))
            .isEqualTo(100);
        List<Received> records = kafka.received("analytics_events");
        assertThat(records).extracting(Received::eventId).doesNotHaveDuplicates().hasSize(100);
        assertThat(records)
            .allSatisfy(record -> assertThat(record.value()).doesNotContain("a@b.example"));
        assertThat(server.terminate()).as(server.output()).isZero();
      }
    }
  }

  private static final String TENANT_OF_THE_PLAN =
      """
      tenants:
        - id: tenant_shop_1
          keys: [demo]
          plugins:
            transform:
              - name: geoip_enricher
              - name: pii_scrubber
            sinks:
              - name: postgres_sink
                config:
                  table: events_raw
              - name: kafka_sink
                config:
                  topic: analytics_events
      """;
}
