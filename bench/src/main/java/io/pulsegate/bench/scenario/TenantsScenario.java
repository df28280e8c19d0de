package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadResult;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.testkit.TestPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// 10,000 tenants with one event a second each into one PostgreSQL; then that PostgreSQL goes away
/// and comes back, while they go on.
final class TenantsScenario implements Scenario {
  private static final int TENANTS = 10_000;
  private static final int CONNECTIONS = 256;
  private static final String SINK = "warehouse";
  private static final Duration START_MAX = Duration.ofMinutes(2);
  private static final Duration CATCH_UP_MAX = Duration.ofMinutes(15);
  private static final Duration LOOK = Duration.ofMillis(250);

  private final Table table =
      new Table(
          String.format(
              Locale.ROOT,
              "tenants: %,d tenants with one event a second each, single events, into one PostgreSQL",
              TENANTS),
          List.of(
              new Column("PostgreSQL", "phase", 0),
              new Column("seconds", "seconds", 1),
              new Column("taken/s", "accepted_per_second", 0),
              new Column("delivered/s", "delivered_per_second", 0),
              new Column("events a write", "events_per_write", 0),
              new Column("ms a write", "ms_per_write", 1),
              new Column("most lag", "lag_events_max", 0),
              new Column("lag at end", "lag_events", 0),
              new Column("stragglers", "stragglers_max", 0),
              new Column("RSS MiB", "rss_mib", 0)));

  @Override
  public String name() {
    return "tenants";
  }

  @Override
  public String summary() {
    return "10,000 tenants with one event a second each into one PostgreSQL, which then is away for"
        + " --away seconds";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException, SQLException {
    var home = bench.newFolder("tenants");
    try (var postgres = TestPostgres.start()) {
      var database = postgres.newDatabase();
      bench.progress().accept("tenants: starting a server that knows " + TENANTS);
      try (var server = bench.server(home, configuration(postgres, database))) {
        measure(bench, server, postgres);
      }
    } finally {
      Bench.delete(home);
    }
    bench.tables().accept(table);
  }

  private void measure(Bench bench, ServerProcess server, TestPostgres postgres)
      throws IOException, InterruptedException {
    var load = new LoadRun(plan(server), Optional.empty(), any -> {});
    var running = new FutureTask<>(load::run);
    Thread.ofPlatform().name("load").start(running);
    server.run(bench.warmUp());
    bench.progress().accept("tenants: PostgreSQL is there");
    phase("there", server, System.nanoTime() + bench.length().toNanos());
    bench.progress().accept("tenants: PostgreSQL is away");
    postgres.stop();
    phase("away", server, System.nanoTime() + bench.away().toNanos());
    postgres.restart();
    bench.progress().accept("tenants: PostgreSQL is back");
    var back = phase("back, until it has caught up", server, 0);
    bench.progress().accept("tenants: caught up");
    phase("there again", server, System.nanoTime() + bench.length().toNanos());
    load.stop();
    var result = get(running);
    server.awaitDelivered(SINK, START_MAX);
    bench
        .progress()
        .accept(
            String.format(
                Locale.ROOT,
                "tenants: %,d events taken, p99 %.1f ms, errors %s, %,d requests left out; caught up in %.1f s",
                result.accepted(),
                result.latencyMillis(99),
                result.errors().isEmpty() ? "none" : result.errors(),
                result.overdue(),
                back));
  }

  /// Watches until a time, or, with 0, until as little waits as while the sink kept step.
  ///
  /// @return its seconds
  private double phase(String text, ServerProcess server, long endNanos)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    var before = server.metrics();
    double lagMax = 0;
    double stragglersMax = 0;
    double lag;
    long deadline = start + CATCH_UP_MAX.toNanos();
    do {
      server.run(LOOK);
      var now = server.metrics();
      lag = now.sum("pulsegate_stream_lag", Map.of("sink", SINK));
      lagMax = Math.max(lagMax, lag);
      stragglersMax =
          Math.max(stragglersMax, now.sum("pulsegate_sink_stragglers", Map.of("sink", SINK)));
      if (System.nanoTime() > deadline) {
        throw new IOException("the sink had not caught up after " + CATCH_UP_MAX);
      }
    } while (endNanos > 0 ? System.nanoTime() < endNanos : lag > TENANTS / 2.0);
    double seconds = (System.nanoTime() - start) / 1e9;
    var growth = new Growth(before, server.metrics());
    double writes = growth.of("pulsegate_sink_batch_events_count");
    table.row(
        text,
        seconds,
        growth.of("pulsegate_events_accepted_total") / seconds,
        growth.of("pulsegate_events_delivered_total") / seconds,
        growth.of("pulsegate_sink_batch_events_sum") / writes,
        growth.of("pulsegate_worker_processing_time_sum") / writes,
        lagMax,
        lag,
        stragglersMax,
        server.stats().residentMib());
    return seconds;
  }

  /// What a counter grew by.
  private record Growth(ServerProcess.Metrics before, ServerProcess.Metrics after) {
    double of(String metric) {
      double from = before.sum(metric, Map.of());
      return after.sum(metric, Map.of()) - (Double.isNaN(from) ? 0 : from);
    }
  }

  private static LoadPlan plan(ServerProcess server) {
    return LoadPlan.closedLoop(
            server.target(key(0)).ofTenants(TENANTS),
            Bench.payload(1),
            CONNECTIONS,
            Duration.ofDays(1))
        .atRate(TENANTS);
  }

  private static String configuration(TestPostgres postgres, String database) {
    var text = new StringBuilder("tenants:\n");
    for (int i = 0; i < TENANTS; i++) {
      text.append("  - {id: \"t").append(i).append("\", keys: [\"").append(key(i)).append("\"]}\n");
    }
    return text.append("sinks: {")
        .append(SINK)
        .append(": {type: postgres, url: \"")
        .append(postgres.url(database))
        .append("\"}}\n")
        .toString();
  }

  private static String key(int tenant) {
    return String.format(Locale.ROOT, "tenant-key-%05d", tenant);
  }

  private static LoadResult get(FutureTask<LoadResult> load)
      throws IOException, InterruptedException {
    try {
      return load.get();
    } catch (ExecutionException e) {
      throw new IOException("the load ended: " + e.getCause(), e);
    }
  }
}
