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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The real server under load while its configuration changes: routes get other transforms, a
/// tenant goes and comes again under the same name, a sink goes with a restart and comes again with
/// the next. Every event that was acknowledged is in both sinks exactly once; what the tenant had
/// left waiting when it went is given up by the operator in the end, and no more than that is
/// missing.
///
/// `-Dcycles=50` for more changes, `-Dseed=…` for the same ones again.
final class ChurnTest {
  private static final int CHANGES = Integer.getInteger("cycles", 8);
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private static final String GUEST = "guest";

  /// A configuration.
  ///
  /// @param version stands in the events of the tenant that is routed
  private record Settings(
      String postgresUrl, int version, boolean routes, boolean guest, boolean warehouse) {
    String yaml() {
      var text = new StringBuilder("tenants:\n  - id: steady\n    keys: [steady]\n");
      text.append("  - id: routed\n    keys: [routed]\n");
      if (routes) {
        text.append(
            """
                routes:
                  - name: all
                    transform: [{name: field_normalizer, config: {default: {version: "v%d"}}}]
                    sinks: [{name: local}%s]
            """
                .formatted(version, warehouse ? ", {name: warehouse}" : ""));
      }
      if (guest) {
        text.append("  - id: guest\n    keys: [guest]\n");
      }
      text.append("sinks:\n  local: {type: duckdb}\n");
      if (warehouse) {
        text.append("  warehouse: {type: postgres, url: \"").append(postgresUrl).append("\"}\n");
      }
      return text.toString();
    }

    Settings routed(boolean on) {
      return new Settings(postgresUrl, version + 1, on, guest, warehouse);
    }

    Settings withGuest(boolean on) {
      return new Settings(postgresUrl, version, routes, on, warehouse);
    }

    Settings withWarehouse(boolean on) {
      return new Settings(postgresUrl, version, routes, guest, on);
    }
  }

  /// A tenant's load under way.
  private record Load(LoadRun run, FutureTask<LoadResult> result, Path record, AckRecord writer) {}

  @Test
  @Timeout(1800)
  void losesAndDoublesNothingWhateverChanges(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder)
      throws Exception {
    System.out.println("churn test: " + CHANGES + " changes, replay with -Dseed=" + SEED);
    var random = new SplittableRandom(SEED);
    try (var postgres = TestPostgres.start()) {
      String url = postgres.url(postgres.newDatabase());
      var settings = new Settings(url, 1, true, true, true);
      try (var server = new ServerProcess(folder, settings.yaml())) {
        Map<String, Load> loads = new TreeMap<>();
        for (String tenant : List.of("steady", "routed", GUEST)) {
          loads.put(tenant, load(server, folder, tenant, SEED + tenant.hashCode()));
        }
        List<String> done = new ArrayList<>();
        for (int change = 0; change < CHANGES; change++) {
          server.run(Duration.ofMillis(random.nextInt(50, 800)));
          settings = change(random.nextInt(3), settings, server, folder, done);
        }
        System.out.println("churn test: " + String.join(", ", done));
        Settings whole = settings.withGuest(true).withWarehouse(true);
        write(folder, whole);
        restart(server);
        for (Load load : loads.values()) {
          load.run().stop();
          LoadResult _ = load.result().get();
          load.writer().close();
        }
        // Answers 404 where the tenant has never gone.
        var _ = server.admin("DELETE", "/orphans/tenants/" + GUEST, "");
        server.awaitSettled("local", "warehouse");
        long droppedLocal = dropped(server, "local");
        long droppedWarehouse = dropped(server, "warehouse");
        assertThat(server.terminate()).as(server.output()).isZero();
        for (var load : loads.entrySet()) {
          boolean isGuest = load.getKey().equals(GUEST);
          Path record = load.getValue().record();
          check(
              load.getKey() + " DuckDB",
              record,
              new VerifyTask.DuckDbStore(server.data(), "events"),
              isGuest ? droppedLocal : 0);
          check(
              load.getKey() + " PostgreSQL",
              record,
              new VerifyTask.PostgresStore(url, "events"),
              isGuest ? droppedWarehouse : 0);
        }
      }
    }
  }

  private static Settings change(
      int kind, Settings settings, ServerProcess server, Path folder, List<String> done)
      throws Exception {
    Settings next =
        switch (kind) {
          case 0 -> settings.routed(!settings.routes() || settings.version() % 3 != 0);
          case 1 -> settings.withGuest(!settings.guest());
          default -> settings.withWarehouse(!settings.warehouse());
        };
    write(folder, next);
    if (kind == 2) {
      done.add(next.warehouse() ? "sink back" : "sink removed");
      restart(server);
    } else if (kind == 1) {
      done.add(next.guest() ? "tenant back" : "tenant removed");
      server.await("the change", () -> knowsGuest(server) == next.guest());
    } else {
      done.add("routes");
    }
    return next;
  }

  /// As a whole, so that the server never reads half a file.
  private static void write(Path folder, Settings settings) throws Exception {
    Path fresh = Files.writeString(folder.resolve("next.yaml"), settings.yaml());
    Files.move(fresh, folder.resolve("pulsegate.yaml"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void restart(ServerProcess server) throws Exception {
    int _ = server.terminate();
    server.restart();
  }

  private static boolean knowsGuest(ServerProcess server) {
    try {
      return server.admin("GET", "/tenants/guest", "").statusCode() == 200;
    } catch (java.io.IOException notNow) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Load load(ServerProcess server, Path folder, String tenant, long seed)
      throws Exception {
    Path record = folder.resolve("acknowledged-" + tenant + ".txt");
    var writer = new AckRecord(record);
    var run =
        new LoadRun(
            new LoadPlan(
                Target.of(server.url(), tenant),
                new Payload(EventShape.DEFAULT, 10, false, 0, seed),
                600,
                4,
                1,
                Long.MAX_VALUE,
                Duration.ofHours(1),
                true,
                Duration.ofSeconds(20),
                Duration.ofSeconds(60)),
            Optional.of(writer),
            any -> {});
    var result = new FutureTask<>(run::run);
    Thread.ofPlatform().name("load-" + tenant).start(result);
    return new Load(run, result, record, writer);
  }

  private static long dropped(ServerProcess server, String sink) throws Exception {
    return (long)
        server.metric(
            "pulsegate_conservation_events{outcome=\"dropped\",sink=\"%s\"}".formatted(sink));
  }

  /// @param givenUp how many events may be missing
  private static void check(String what, Path record, VerifyTask.Store store, long givenUp)
      throws Exception {
    Findings findings = new VerifyTask(record, store, Optional.empty()).run();
    System.out.println("churn test, " + what + ": " + findings + ", given up " + givenUp);
    assertThat(findings.acknowledged()).as(what).isPositive();
    assertThat(findings.missing().count())
        .as("%s %s, seed %d", what, findings, SEED)
        .isLessThanOrEqualTo(givenUp);
    assertThat(findings.doubled().count()).as("%s %s, seed %d", what, findings, SEED).isZero();
  }
}
