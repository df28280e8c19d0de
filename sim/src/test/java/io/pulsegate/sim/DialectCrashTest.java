package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.bench.load.AckRecord;
import io.pulsegate.bench.load.EventShape;
import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadResult;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.load.Payload;
import io.pulsegate.bench.load.Target;
import io.pulsegate.bench.load.WireFormat;
import io.pulsegate.bench.verify.Findings;
import io.pulsegate.bench.verify.VerifyTask;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
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

/// The real server, killed with SIGKILL while the clients of all the systems it replaces send to it
/// at once, each in its own words and without a key: afterwards every event that was acknowledged,
/// by the status and the counts that its client knows, is in the table exactly once.
///
/// `-Ddialect.cycles=50` for more, `-Dseed=…` for the same moments again.
final class DialectCrashTest {
  private static final int CYCLES = Integer.getInteger("dialect.cycles", 3);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Set<WireFormat> WIRES = EnumSet.complementOf(EnumSet.of(WireFormat.NATIVE));
  private static final String CONFIGURATION =
      """
      tenants:
        - {id: kaasino, keys: [kaasino-key]}
        - {id: learning, keys: [learning-key]}
        - {id: telemetry, keys: [telemetry-key]}
      dialects:
        kaasino: {tenant: kaasino}
        event-collector: {tenant: learning}
        pulsemetrics: {tenant: telemetry}
        collection:
          domains: [{domain: localhost, client: acme}]
      sinks:
        local: {type: duckdb}
      """;

  /// One dialect's client at work.
  private record Client(
      Path record, AckRecord acknowledged, LoadRun load, FutureTask<LoadResult> running) {}

  @Test
  @Timeout(600)
  void keepsEveryAcknowledgedEventOfEveryDialectExactlyOnce(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    System.out.println("dialect crash test: " + CYCLES + " cycles, replay with -Dseed=" + SEED);
    var random = new SplittableRandom(SEED);
    try (var server = new ServerProcess(folder, CONFIGURATION)) {
      Map<WireFormat, Client> clients = new EnumMap<>(WireFormat.class);
      for (WireFormat wire : WIRES) {
        clients.put(wire, start(wire, server, folder));
      }
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        server.run(Duration.ofMillis(random.nextInt(300, 1200)));
        server.killAndRestart();
      }
      server.run(Duration.ofMillis(300));
      clients.values().forEach(client -> client.load().stop());
      for (var client : clients.entrySet()) {
        LoadResult result = client.getValue().running().get();
        client.getValue().acknowledged().close();
        assertThat(result.isComplete())
            .as("every event of %s was acknowledged: %s", client.getKey(), result)
            .isTrue();
      }
      server.awaitSettled("local");
      assertThat(server.terminate()).as(server.output()).isZero();

      List<String> dirty = new ArrayList<>();
      for (var client : clients.entrySet()) {
        Findings found =
            new VerifyTask(
                    client.getValue().record(),
                    new VerifyTask.DuckDbStore(server.data(), "events"),
                    Optional.empty())
                .run();
        System.out.println("dialect crash test, " + client.getKey() + ": " + found);
        assertThat(found.acknowledged()).as("%s", client.getKey()).isGreaterThan(CYCLES);
        if (!found.isClean()) {
          dirty.add(client.getKey() + " " + found);
        }
      }
      assertThat(dirty).as("seed %d", SEED).isEmpty();
    }
  }

  private static Client start(WireFormat wire, ServerProcess server, Path folder) throws Exception {
    Path record = folder.resolve(wire + ".txt");
    var acknowledged = new AckRecord(record);
    var load = new LoadRun(plan(wire, server), Optional.of(acknowledged), any -> {});
    var running = new FutureTask<>(load::run);
    Thread.ofPlatform().name("load-" + wire).start(running);
    return new Client(record, acknowledged, load, running);
  }

  private static LoadPlan plan(WireFormat wire, ServerProcess server) {
    int batch = wire == WireFormat.PULSEMETRICS ? 1 : 20;
    return new LoadPlan(
        Target.of(server.url(), "unused", wire),
        new Payload(wire, EventShape.DEFAULT, batch, false, 0, SEED + wire.toString().hashCode()),
        1_000,
        4,
        1,
        Long.MAX_VALUE,
        Duration.ofHours(1),
        true,
        Duration.ofSeconds(20),
        Duration.ofSeconds(60));
  }
}
