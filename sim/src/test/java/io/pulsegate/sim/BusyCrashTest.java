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
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The real server, killed with SIGKILL while all of it is at work: one tenant's events go through
/// transforms, one of which makes dead letters, another tenant's are refused by PostgreSQL and
/// redriven again and again, and a replay of everything is under way. Afterwards every acknowledged
/// event is where it belongs exactly once.
///
/// `-Dcycles=100` for more, `-Dseed=…` for the same moments again.
final class BusyCrashTest {
  private static final int CYCLES = Integer.getInteger("cycles", 3);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int POISON_EVERY = 211;
  private static final String REFUSED = "other";

  private static String configuration(String url) {
    return """
    tenants:
      - id: demo
        keys: [demo]
        routes:
          - name: all
            transform:
              - name: schema_validator
                config:
                  schemas: [{event_type: poison, version: 1, schema: {type: object, required: [antidote]}}]
              - {name: field_normalizer, config: {default: {seen: "yes"}}}
            sinks: [{name: local}, {name: warehouse}]
      - id: other
        keys: [other]
    sinks:
      local: {type: duckdb}
      warehouse: {type: postgres, url: "%s"}
    """
        .formatted(url);
  }

  @Test
  @Timeout(1800)
  void keepsEveryAcknowledgedEventExactlyOnce(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    System.out.println("busy crash test: " + CYCLES + " cycles, replay with -Dseed=" + SEED);
    var random = new SplittableRandom(SEED);
    try (var postgres = TestPostgres.start()) {
      String database = postgres.newDatabase();
      String url = postgres.url(database);
      try (var server = new ServerProcess(folder, configuration(url))) {
        server.await("the sink's table", () -> Tables.exists(postgres, database, "events"));
        postgres.execute(
            database,
            "ALTER TABLE events ADD CONSTRAINT no_poison CHECK (tenant_id <> 'other' OR event_type"
                + " <> 'poison')");
        Path demo = folder.resolve("acknowledged-demo.txt");
        Path other = folder.resolve("acknowledged-other.txt");
        int survivors;
        try (var demoRecord = new AckRecord(demo);
            var otherRecord = new AckRecord(other)) {
          var demoLoad = load(server, "demo", demoRecord, SEED);
          var otherLoad = load(server, REFUSED, otherRecord, SEED + 1);
          FutureTask<LoadResult> demoRunning = start(demoLoad);
          FutureTask<LoadResult> otherRunning = start(otherLoad);
          survivors = crash(server, random);
          demoLoad.stop();
          otherLoad.stop();
          assertThat(demoRunning.get().isComplete()).as("%s", demoRunning.get()).isTrue();
          assertThat(otherRunning.get().isComplete()).as("%s", otherRunning.get()).isTrue();
        }
        server.awaitSettled("local", "warehouse");
        server.await("the replay to end", () -> !has(server, "running"));
        assertThat(survivors).as("replays that were under way at a kill").isPositive();
        postgres.execute(database, "ALTER TABLE events DROP CONSTRAINT no_poison");
        redriveAll(server, random);
        server.awaitSettled("local", "warehouse");
        assertThat(server.terminate()).as(server.output()).isZero();

        var local = new VerifyTask.DuckDbStore(server.data(), "events");
        var warehouse = new VerifyTask.PostgresStore(url, "events");
        check("demo, DuckDB", demo, local, letters(server, "local"));
        check("demo, PostgreSQL", demo, warehouse, letters(server, "warehouse"));
        check("other, DuckDB", other, local, Optional.empty());
        check("other, PostgreSQL", other, warehouse, Optional.empty());
        String unseen = "SELECT count(*) FROM events WHERE tenant_id = 'demo' AND %s IS NULL";
        assertThat(Tables.number(postgres, database, unseen.formatted("payload->>'seen'")))
            .as("events that passed by their transforms")
            .isZero();
        assertThat(Tables.duckDb(server.data(), unseen.formatted("payload->>'seen'")))
            .isEqualTo("0");
      }
    }
  }

  /// Kills it some time after a replay has begun, each time; a redrive may be under way too.
  ///
  /// @return how many replays were under way at a kill
  private static int crash(ServerProcess server, SplittableRandom random) throws Exception {
    int survivors = 0;
    for (int cycle = 0; cycle < CYCLES; cycle++) {
      server.run(Duration.ofMillis(random.nextInt(100, 800)));
      String mode = random.nextBoolean() ? "skip" : "overwrite";
      if (!has(server, "running")) {
        server.await("a replay to begin", () -> isDone(server, "/replays", replay(mode)));
      }
      Thread redrive = Thread.ofVirtual().start(() -> redrive(server));
      server.run(Duration.ofMillis(random.nextInt(0, 700)));
      survivors += has(server, "running") ? 1 : 0;
      server.killAndRestart();
      redrive.join();
    }
    server.run(Duration.ofMillis(200));
    return survivors;
  }

  private static String replay(String mode) {
    return "{\"sinks\":[\"local\",\"warehouse\"],\"mode\":\"%s\",\"events_per_second\":2000}"
        .formatted(mode);
  }

  /// Redrives what waits now, a thousand at a time.
  private static void redrive(ServerProcess server) {
    String until = Instant.now().toString();
    Optional<String> after = Optional.of("0");
    while (after.isPresent()) {
      String body =
          "{\"tenant\":\"%s\",\"until\":\"%s\",\"after\":%s}"
              .formatted(REFUSED, until, after.get());
      after =
          reply(server, "POST", "/dead-letters/redrive", body)
              .flatMap(each -> each.headers().firstValue("PulseGate-Next"));
    }
  }

  /// Redrives until nothing waits, with a kill in the middle of it.
  private static void redriveAll(ServerProcess server, SplittableRandom random) throws Exception {
    Thread redrive = Thread.ofVirtual().start(() -> redrive(server));
    server.run(Duration.ofMillis(random.nextInt(0, 100)));
    server.killAndRestart();
    redrive.join();
    server.await(
        "every letter to be redriven",
        () -> {
          redrive(server);
          return isNothingLeft(server);
        });
  }

  private static boolean isNothingLeft(ServerProcess server) {
    return reply(server, "GET", "/dead-letters/export?tenant=" + REFUSED, "")
        .map(HttpResponse::body)
        .filter(letters -> letters.lines().allMatch(letter -> !letter.contains("\"run\":0,")))
        .isPresent();
  }

  private static boolean has(ServerProcess server, String state) {
    return reply(server, "GET", "/replays", "")
        .map(HttpResponse::body)
        .filter(text -> text.contains("\"state\":\"" + state + "\""))
        .isPresent();
  }

  private static boolean isDone(ServerProcess server, String path, String body) {
    return reply(server, "POST", path, body).filter(each -> each.statusCode() < 300).isPresent();
  }

  /// Empty while the server is away.
  private static Optional<HttpResponse<String>> reply(
      ServerProcess server, String method, String path, String body) {
    try {
      return Optional.of(server.admin(method, path, body));
    } catch (IOException notNow) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LoadRun load(ServerProcess server, String key, AckRecord record, long seed) {
    return new LoadRun(
        new LoadPlan(
            Target.of(server.url(), key),
            new Payload(EventShape.DEFAULT, 20, false, POISON_EVERY, seed),
            1_500,
            8,
            1,
            Long.MAX_VALUE,
            Duration.ofHours(1),
            true,
            Duration.ofSeconds(20),
            Duration.ofSeconds(60)),
        Optional.of(record),
        any -> {});
  }

  private static FutureTask<LoadResult> start(LoadRun load) {
    var running = new FutureTask<>(load::run);
    Thread.ofPlatform().name("load").start(running);
    return running;
  }

  private static Optional<VerifyTask.DeadLetterStore> letters(ServerProcess server, String sink) {
    return Optional.of(new VerifyTask.DeadLetterStore(server.data(), sink));
  }

  private static void check(
      String what,
      Path record,
      VerifyTask.Store store,
      Optional<VerifyTask.DeadLetterStore> letters)
      throws Exception {
    Findings findings = new VerifyTask(record, store, letters).run();
    System.out.println("busy crash test, " + what + ": " + findings);
    assertThat(findings.acknowledged()).isGreaterThan(CYCLES);
    assertThat(findings.isClean()).as("%s %s, seed %d", what, findings, SEED).isTrue();
  }
}
