package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.bench.load.AckRecord;
import io.pulsegate.bench.load.EventShape;
import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadResult;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.load.Payload;
import io.pulsegate.bench.load.Target;
import io.pulsegate.bench.verify.Findings;
import io.pulsegate.bench.verify.VerifyTask;
import io.pulsegate.testkit.TestPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The real server, killed with SIGKILL under load at random moments, with the database going away
/// now and then: afterwards every acknowledged event is in DuckDB and in PostgreSQL exactly once,
/// and every event that PostgreSQL refuses is among the dead letters exactly once.
///
/// `-Pcrashes` for 200 cycles, `-Dcycles=…` for as many as you like, `-Dseed=…` for the same
/// moments again.
final class CrashTest {
  private static final int CYCLES = Integer.getInteger("cycles", 20);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int POISON_EVERY = 701;

  @Test
  @Timeout(7200)
  void keepsEveryAcknowledgedEventExactlyOnce(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    System.out.println("crash test: " + CYCLES + " cycles, replay with -Dseed=" + SEED);
    var random = new SplittableRandom(SEED);
    try (var postgres = TestPostgres.start()) {
      String database = postgres.newDatabase();
      String url = postgres.url(database);
      try (var server = new ServerProcess(folder, Configurations.bothSinks(url))) {
        refusePoison(server, postgres, database);
        Path record = folder.resolve("acknowledged.txt");
        LoadResult result;
        try (var acknowledged = new AckRecord(record)) {
          var load = new LoadRun(plan(server), Optional.of(acknowledged), any -> {});
          var running = new FutureTask<>(load::run);
          Thread.ofPlatform().name("load").start(running);
          for (int cycle = 0; cycle < CYCLES; cycle++) {
            crash(cycle, server, postgres, random);
          }
          server.run(Duration.ofMillis(200));
          load.stop();
          result = running.get();
        }
        assertThat(result.isComplete()).as("every event was acknowledged: %s", result).isTrue();
        // A stop does not wait for a sink that is still backing off: what is left stays in the log.
        server.awaitSettled("local", "warehouse");
        assertThat(server.terminate()).as(server.output()).isZero();

        Findings inDuckDb = findings(record, new VerifyTask.DuckDbStore(server.data(), "events"));
        Findings inPostgres =
            new VerifyTask(
                    record,
                    new VerifyTask.PostgresStore(url, "events"),
                    Optional.of(new VerifyTask.DeadLetterStore(server.data(), "warehouse")))
                .run();
        System.out.println("crash test, DuckDB:     " + inDuckDb);
        System.out.println("crash test, PostgreSQL: " + inPostgres);
        assertThat(inDuckDb.acknowledged()).isGreaterThan(CYCLES);
        assertThat(inDuckDb.isClean()).as("DuckDB %s, seed %d", inDuckDb, SEED).isTrue();
        assertThat(inPostgres.isClean()).as("PostgreSQL %s, seed %d", inPostgres, SEED).isTrue();
      }
    }
  }

  /// One cycle: every fourth the database dies instead of the server, every fourth both do.
  private static void crash(
      int cycle, ServerProcess server, TestPostgres postgres, SplittableRandom random)
      throws Exception {
    server.run(Duration.ofMillis(random.nextInt(50, 1200)));
    switch (cycle % 4) {
      case 1 -> {
        postgres.kill();
        server.run(Duration.ofMillis(random.nextInt(50, 1500)));
        postgres.restart();
        server.run(Duration.ofMillis(random.nextInt(50, 500)));
        server.killAndRestart();
      }
      case 3 -> {
        postgres.kill();
        server.killAndRestart();
        server.run(Duration.ofMillis(random.nextInt(50, 500)));
        postgres.restart();
      }
      default -> server.killAndRestart();
    }
  }

  private static void refusePoison(ServerProcess server, TestPostgres postgres, String database)
      throws Exception {
    server.await("the sink's table", () -> Tables.exists(postgres, database, "events"));
    postgres.execute(
        database, "ALTER TABLE events ADD CONSTRAINT no_poison CHECK (event_type <> 'poison')");
  }

  private static LoadPlan plan(ServerProcess server) {
    return new LoadPlan(
        Target.of(server.url(), "demo"),
        new Payload(EventShape.DEFAULT, 20, false, POISON_EVERY, SEED),
        4_000,
        8,
        1,
        Long.MAX_VALUE,
        Duration.ofHours(1),
        true,
        Duration.ofSeconds(20),
        Duration.ofSeconds(60));
  }

  private static Findings findings(Path record, VerifyTask.Store store) throws Exception {
    return new VerifyTask(record, store, Optional.empty()).run();
  }
}
