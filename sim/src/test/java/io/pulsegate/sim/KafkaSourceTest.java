package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.testkit.kafka.TestKafka;
import io.pulsegate.testkit.kafka.TestSender;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Events that come in from topics of a real broker, into real servers that are killed.
final class KafkaSourceTest {
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int PARTITIONS = 3;
  private static final int KEYS = 12;
  private static final int MAX_RECORDS = 100;
  private static final int POISON_EVERY = 400;

  private final TestKafka kafka = TestKafka.shared();
  private int sent;

  @Test
  @Timeout(240)
  void takesEveryRecordOnceThoughTheServerIsKilled(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    System.out.println("kafka source test: replay with -Dseed=" + SEED);
    var random = new SplittableRandom(SEED);
    kafka.createTopic("incoming", PARTITIONS, Map.of());
    try (TestSender sender = kafka.sender();
        var server = new ServerProcess(folder, configuration("incoming", "crashed"))) {
      for (int cycle = 0; cycle < 3; cycle++) {
        send(sender, "incoming", 1_000);
        server.run(Duration.ofMillis(random.nextInt(100, 1_500)));
        server.killAndRestart();
      }
      send(sender, "incoming", 1_000);
      awaitAll(server, sent);
      assertThat(server.metric("pulsegate_kafka_source_lag{source=\"web\"}")).isZero();
      assertThat(server.terminate()).as(server.output()).isZero();

      List<String> ids = ids(server);
      assertThat(ids).as("doubled, seed %d", SEED).doesNotHaveDuplicates();
      assertThat(ids).as("missing, seed %d", SEED).containsExactlyInAnyOrderElementsOf(good(sent));
      assertInOrder(ids);
      assertThat(letters(server)).as("poison").isEqualTo(sent / POISON_EVERY);
    }
  }

  /// What is refused stays in Kafka, and is read again in its order; a topic made later is read
  /// too.
  @Test
  @Timeout(240)
  void readsTopicsByPatternAndPausesWhileEventsAreRefused(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    kafka.createTopic("pattern-one", PARTITIONS, Map.of());
    String configuration =
        configuration("pattern-one", "pattern")
            .replace("topics: pattern-one", "pattern: pattern-.*")
            .replace("keys: [demo]", "keys: [demo]\n    quotas: {events_per_second: 300}");
    try (TestSender sender = kafka.sender();
        var server = new ServerProcess(folder, configuration)) {
      send(sender, "pattern-one", 1_500);
      server.await(
          "a partition to be paused",
          () -> metric(server, "pulsegate_kafka_source_paused_partitions{source=\"web\"}") > 0);
      kafka.createTopic("pattern-two", PARTITIONS, Map.of());
      send(sender, "pattern-two", 200);
      server.await(
          "both to be read",
          () -> kafka.isRead("pattern", "pattern-one") && kafka.isRead("pattern", "pattern-two"));
      server.awaitSettled("local");
      assertThat(server.terminate()).as(server.output()).isZero();

      List<String> ids = ids(server);
      assertThat(ids).containsExactlyInAnyOrderElementsOf(good(sent));
      assertInOrder(ids.stream().filter(id -> Integer.parseInt(id) < 1_500).toList());
    }
  }

  /// The second takes over what the first one, which is killed, has read and not committed: that
  /// much may be in both.
  @Test
  @Timeout(240)
  void losesNothingWhenTwoServersShareTheTopicAndOneIsKilled(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    kafka.createTopic("shared", PARTITIONS, Map.of());
    String configuration = configuration("shared", "shared");
    try (TestSender sender = kafka.sender();
        var first = new ServerProcess(folder.resolve("first"), configuration)) {
      send(sender, "shared", 1_000);
      first.await("the first to take something", () -> taken(first) > 0);
      try (var second = new ServerProcess(folder.resolve("second"), configuration)) {
        second.await(
            "the second to have a share",
            () -> {
              send(sender, "shared", 10);
              return taken(second) > 0;
            });
        send(sender, "shared", 1_000);
        first.kill();
        send(sender, "shared", 1_000);
        second.await("the second to read all", () -> kafka.isRead("shared", "shared"));
        second.awaitSettled("local");
        assertThat(second.terminate()).as(second.output()).isZero();
        first.restart();
        first.awaitSettled("local");
        assertThat(first.terminate()).as(first.output()).isZero();

        List<String> all = new ArrayList<>(ids(first));
        all.addAll(ids(second));
        assertThat(new TreeSet<>(all)).isEqualTo(new TreeSet<>(good(sent)));
        System.out.println("kafka source test: doubled " + (all.size() - good(sent).size()));
        assertThat(all.size() - good(sent).size()).isLessThanOrEqualTo(MAX_RECORDS * PARTITIONS);
      }
    }
  }

  private static String configuration(String topic, String group) {
    return """
    tenants:
      - id: demo
        keys: [demo]
    sinks:
      local:
        type: duckdb
    sources:
      web:
        type: kafka
        bootstrap_servers: %s
        topics: %s
        group: %s
        tenant: demo
        max_records: %d
        properties: |
          session.timeout.ms=6000
          heartbeat.interval.ms=500
          metadata.max.age.ms=1000
    """
        .formatted(TestKafka.shared().servers(), topic, group, MAX_RECORDS);
  }

  /// Events without an id of their own, but for their number; now and then something that is none.
  private void send(TestSender sender, String topic, int count) {
    for (int i = 0; i < count; i++, sent++) {
      String value =
          isPoison(sent)
              ? "no event, number " + sent
              : "{\"event_type\":\"numbered\",\"payload\":{\"number\":%d}}".formatted(sent);
      sender.send(topic, "key-" + sent % KEYS, value);
    }
    sender.flush();
  }

  private static boolean isPoison(int number) {
    return number % POISON_EVERY == POISON_EVERY - 1;
  }

  private static List<String> good(int count) {
    return IntStream.range(0, count)
        .filter(number -> !isPoison(number))
        .mapToObj(Integer::toString)
        .toList();
  }

  private void awaitAll(ServerProcess server, int count) throws Exception {
    server.await("all records to be read", () -> kafka.isRead("crashed", "incoming"));
    server.awaitSettled("local");
    assertThat(count).isPositive();
  }

  private static double taken(ServerProcess server) {
    return metric(server, "pulsegate_kafka_source_records_total{outcome=\"taken\",source=\"web\"}");
  }

  /// Zero while it is not there.
  private static double metric(ServerProcess server, String series) {
    try {
      return server.metric(series);
    } catch (java.io.IOException notYet) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Numbers in the order of the log.
  private static List<String> ids(ServerProcess server) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (var connection =
            DriverManager.getConnection("jdbc:duckdb:" + server.data().resolve("events.duckdb"));
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("SELECT payload->>'number' FROM events ORDER BY log_offset")) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }

  private static void assertInOrder(List<String> ids) {
    for (int key = 0; key < KEYS; key++) {
      int of = key;
      assertThat(ids.stream().map(Integer::parseInt).filter(number -> number % KEYS == of).toList())
          .isSorted();
    }
  }

  private static long letters(ServerProcess server) throws SQLException {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + server.data().resolve("state.db"));
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("SELECT count(*) FROM dead_letters WHERE source = 'kafka'")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
