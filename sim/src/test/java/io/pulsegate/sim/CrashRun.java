package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.bench.load.AckRecord;
import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.load.Payload;
import io.pulsegate.bench.load.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;

/// The real server, killed with SIGKILL under load while it delivers into one destination, which
/// cannot be reached either at every second kill. A second sink, the embedded DuckDB, which
/// [CrashTest] is about, keeps the order of the log to compare with.
///
/// `-Dcycles=200` for more kills, `-Dseed=…` for the same moments again.
final class CrashRun {
  static final int CYCLES = Integer.getInteger("cycles", 3);
  static final int BATCH_EVENTS = 500;

  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private final String name;
  private final Destination destination;
  private final Path folder;
  private final SplittableRandom random = new SplittableRandom(SEED);

  CrashRun(String name, Destination destination, Path folder) {
    this.name = name;
    this.destination = destination;
    this.folder = folder;
  }

  /// Kills, settles, and asserts that every acknowledged event has arrived, that none has arrived
  /// before one accepted earlier, and that no more have arrived twice than that.
  void run(int doubledMax) throws Exception {
    System.out.printf("crash test %s: %d cycles, replay with -Dseed=%d%n", name, CYCLES, SEED);
    try (var server = new ServerProcess(folder, configuration())) {
      Path record = folder.resolve("acknowledged.txt");
      try (var acknowledged = new AckRecord(record)) {
        var load = new LoadRun(plan(server), Optional.of(acknowledged), any -> {});
        var running = new FutureTask<>(load::run);
        Thread.ofPlatform().name("load").start(running);
        for (int cycle = 0; cycle < CYCLES; cycle++) {
          crash(cycle, server);
        }
        server.run(Duration.ofMillis(200));
        load.stop();
        assertThat(running.get().isComplete()).isTrue();
      }
      server.awaitSettled("local", "target");
      Path own = server.data().resolve("sinks").resolve("target");
      server.await("what is under way to arrive", () -> destination.hasAll(own));
      assertThat(server.terminate()).as(server.output()).isZero();
      compare(acknowledged(record), inOrderOfTheLog(server), destination.ids(), doubledMax);
    }
  }

  private void crash(int cycle, ServerProcess server) throws Exception {
    server.run(Duration.ofMillis(random.nextInt(50, 1200)));
    if (cycle % 2 == 1) {
      destination.leave();
      server.run(Duration.ofMillis(random.nextInt(50, 500)));
      server.killAndRestart();
      destination.comeBack();
    } else {
      server.killAndRestart();
    }
  }

  private void compare(
      Set<String> acknowledged, List<String> inOrder, List<String> arrived, int doubledMax) {
    List<String> firsts = arrived.stream().distinct().toList();
    int doubled = arrived.size() - firsts.size();
    System.out.printf(
        "crash test %s: %d acknowledged, %d arrived, %d doubled%n",
        name, acknowledged.size(), arrived.size(), doubled);
    assertThat(acknowledged).hasSizeGreaterThan(CYCLES);
    Set<String> missing = new HashSet<>(acknowledged);
    firsts.forEach(missing::remove);
    assertThat(missing).as("lost, seed %d", SEED).isEmpty();
    assertThat(firsts).as("order, seed %d", SEED).isEqualTo(inOrder);
    assertThat(doubled).as("doubled, seed %d", SEED).isLessThanOrEqualTo(doubledMax);
  }

  private String configuration() {
    return """
    tenants:
      - id: demo
        keys: [demo]
    delivery: {batch_events: %d}
    sinks:
      local:
        type: duckdb
      target:
    """
            .formatted(BATCH_EVENTS)
        + destination.settings().indent(4);
  }

  private LoadPlan plan(ServerProcess server) {
    return new LoadPlan(
        Target.of(server.url(), "demo"),
        new Payload(destination.events(), 20, false, 0, SEED),
        2_000,
        8,
        1,
        Long.MAX_VALUE,
        Duration.ofHours(1),
        true,
        Duration.ofSeconds(20),
        Duration.ofSeconds(60));
  }

  private static Set<String> acknowledged(Path record) throws Exception {
    return new HashSet<>(Files.readAllLines(record));
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
