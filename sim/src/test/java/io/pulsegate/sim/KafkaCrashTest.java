package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.bench.load.AckRecord;
import io.pulsegate.bench.load.EventShape;
import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.load.Payload;
import io.pulsegate.bench.load.Target;
import io.pulsegate.testkit.kafka.Received;
import io.pulsegate.testkit.kafka.TestKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The real server, killed with SIGKILL under load while it delivers into a real broker, whose
/// connections are cut now and then: afterwards every acknowledged event is in the topic, in the
/// order of the log, and no more come twice than the crashes and cuts explain.
///
/// `-Dcycles=200` for more, `-Dseed=…` for the same moments again.
final class KafkaCrashTest {
  private static final int CYCLES = Integer.getInteger("cycles", 3);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int BATCH_EVENTS = 500;
  private static final String TOPIC = "crash";

  @Test
  @Timeout(1800)
  void losesNothingAndDoublesOneWritePerCrash(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    System.out.println("kafka crash test: " + CYCLES + " cycles, replay with -Dseed=" + SEED);
    var random = new SplittableRandom(SEED);
    TestKafka kafka = TestKafka.shared();
    kafka.createTopic(TOPIC, 1, Map.of());
    try (var server = new ServerProcess(folder, configuration(kafka))) {
      Path record = folder.resolve("acknowledged.txt");
      try (var acknowledged = new AckRecord(record)) {
        var load = new LoadRun(plan(server), Optional.of(acknowledged), any -> {});
        var running = new FutureTask<>(load::run);
        Thread.ofPlatform().name("load").start(running);
        for (int cycle = 0; cycle < CYCLES; cycle++) {
          crash(cycle, server, kafka, random);
        }
        server.run(Duration.ofMillis(200));
        load.stop();
        assertThat(running.get().isComplete()).isTrue();
      }
      server.awaitSettled("local", "broker");
      assertThat(server.terminate()).as(server.output()).isZero();

      List<String> arrived = kafka.received(TOPIC).stream().map(Received::eventId).toList();
      List<String> firsts = arrived.stream().distinct().toList();
      int doubled = arrived.size() - firsts.size();
      Set<String> missing = new HashSet<>(acknowledged(record));
      int events = missing.size();
      firsts.forEach(missing::remove);
      System.out.printf(
          "kafka crash test: %d acknowledged, %d records, %d doubled%n",
          events, arrived.size(), doubled);
      assertThat(events).isGreaterThan(CYCLES);
      assertThat(missing).as("lost, seed %d", SEED).isEmpty();
      assertThat(firsts).as("order, seed %d", SEED).isEqualTo(inOrderOfTheLog(server));
      assertThat(doubled).as("seed %d", SEED).isLessThanOrEqualTo(2 * CYCLES * BATCH_EVENTS);
    }
  }

  /// One cycle: every second the broker is out of reach as well.
  private static void crash(
      int cycle, ServerProcess server, TestKafka kafka, SplittableRandom random) throws Exception {
    server.run(Duration.ofMillis(random.nextInt(50, 1200)));
    if (cycle % 2 == 1) {
      kafka.cut();
      server.run(Duration.ofMillis(random.nextInt(50, 500)));
      server.killAndRestart();
      kafka.mend();
    } else {
      server.killAndRestart();
    }
  }

  private static String configuration(TestKafka kafka) {
    return """
    tenants:
      - id: demo
        keys: [demo]
    delivery: {batch_events: %d}
    sinks:
      local:
        type: duckdb
      broker:
        type: kafka
        bootstrap_servers: %s
        topic: %s
        key: "{tenant}"
        timeout: 6s
        connect_timeout: 2s
    """
        .formatted(BATCH_EVENTS, kafka.linkedServers(), TOPIC);
  }

  private static LoadPlan plan(ServerProcess server) {
    return new LoadPlan(
        Target.of(server.url(), "demo"),
        new Payload(EventShape.DEFAULT, 20, false, 0, SEED),
        2_000,
        8,
        1,
        Long.MAX_VALUE,
        Duration.ofHours(1),
        true,
        Duration.ofSeconds(20),
        Duration.ofSeconds(60));
  }

  private static List<String> acknowledged(Path record) throws Exception {
    try (var lines = Files.lines(record)) {
      return lines.map(line -> line.split(" ", -1)[0]).toList();
    }
  }

  /// As the other sink has kept it.
  private static List<String> inOrderOfTheLog(ServerProcess server) throws Exception {
    List<String> ids = new ArrayList<>();
    try (var connection =
            DriverManager.getConnection("jdbc:duckdb:" + server.data().resolve("events.duckdb"));
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT event_id FROM events ORDER BY log_offset")) {
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
    }
    return ids;
  }
}
