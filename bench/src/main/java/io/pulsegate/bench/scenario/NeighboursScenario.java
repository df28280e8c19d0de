package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadResult;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.testkit.TestPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What a tenant that floods costs another one: how long the other's events take to the table,
/// alone and beside it, with a PostgreSQL that is healthy, far away and too slow for the flood, or
/// refuses every event of the one that floods.
final class NeighboursScenario implements Scenario {
  private static final int QUIET_PER_SECOND = 400;
  private static final int FLOOD_PER_SECOND = 20 * QUIET_PER_SECOND;
  private static final int FLOOD_QUOTA = 16 * QUIET_PER_SECOND;
  private static final int FLOOD_BATCH = 100;
  private static final int CONNECTIONS = 256;
  private static final long SLOW_BYTES_PER_SECOND = 1_000_000;
  private static final Duration SLOW_DELAY = Duration.ofMillis(10);
  private static final Duration ARRIVAL_MAX = Duration.ofMinutes(2);

  private static final String FLOOD = "flood";
  private static final String QUIET = "quiet";
  private static final String SINK = "warehouse";

  private enum Case {
    HEALTHY("healthy"),
    SLOW("slow"),
    REFUSING("refuses the flood");

    private final String text;

    Case(String text) {
      this.text = text;
    }
  }

  /// From the sending of an event to the commit of its row.
  ///
  /// @param rows that were looked at
  private record Delay(long rows, double p50Millis, double p99Millis) {}

  @Override
  public String name() {
    return "neighbours";
  }

  @Override
  public String summary() {
    return "a tenant beside one that floods at 20 times its rate: healthy, slow, and refusing"
        + " PostgreSQL";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException, SQLException {
    var table = table();
    try (var postgres = TestPostgres.start()) {
      postgres.execute("postgres", "ALTER SYSTEM SET track_commit_timestamp = on");
      postgres.stop();
      postgres.restart();
      for (var each : Case.values()) {
        measure(bench, postgres, each, table);
      }
    }
    bench.tables().accept(table);
  }

  private static Table table() {
    return new Table(
        String.format(
            Locale.ROOT,
            "neighbours: %,d single events/s of one tenant, from sending to the commit of the row; beside it"
                + " %,d events/s of another, with a quota of %,d/s and 16 MiB of backlog; slow is %,d bytes/s"
                + " and %d ms each way",
            QUIET_PER_SECOND,
            FLOOD_PER_SECOND,
            FLOOD_QUOTA,
            SLOW_BYTES_PER_SECOND,
            SLOW_DELAY.toMillis()),
        List.of(
            new Column("PostgreSQL", "sink", 0),
            new Column("alone p50 ms", "alone_p50_ms", 0),
            new Column("alone p99 ms", "alone_p99_ms", 0),
            new Column("beside p50 ms", "beside_p50_ms", 0),
            new Column("beside p99 ms", "beside_p99_ms", 0),
            new Column("p99 ratio", "p99_ratio", 2),
            new Column("sent", "sent", 0),
            new Column("arrived", "arrived", 0),
            new Column("errors", "errors", 0),
            new Column("flood taken/s", "flood_events_per_second", 0),
            new Column("flood 429s", "flood_429", 0),
            new Column("flood lag at end", "flood_lag_events", 0)));
  }

  private static void measure(Bench bench, TestPostgres postgres, Case sink, Table table)
      throws IOException, InterruptedException, SQLException {
    var home = bench.newFolder("neighbours");
    var database = postgres.newDatabase();
    long bytesPerSecond = sink == Case.SLOW ? SLOW_BYTES_PER_SECOND : 1_000_000_000;
    var delay = sink == Case.SLOW ? SLOW_DELAY : Duration.ZERO;
    try (var link = new SlowLink(postgres.port(), bytesPerSecond, delay);
        var server = bench.server(home, configuration(link, database))) {
      bench.progress().accept("neighbours: " + sink.text + ", warming up");
      LoadRun.run(flood(bench, server).atRate(FLOOD_QUOTA / 4.0));
      LoadRun.run(quiet(bench, server));
      server.awaitDelivered(SINK, ARRIVAL_MAX);
      if (sink == Case.REFUSING) {
        postgres.execute(
            database,
            "ALTER TABLE events ADD CONSTRAINT no_flood CHECK (tenant_id <> '"
                + FLOOD
                + "') NOT"
                + " VALID");
      }
      bench.progress().accept("neighbours: " + sink.text + ", alone");
      var since = Instant.now();
      var alone = LoadRun.run(quiet(bench, server));
      var aloneDelay = awaitArrival(server, postgres, database, since, alone.accepted());
      bench.progress().accept("neighbours: " + sink.text + ", beside the flood");
      since = Instant.now();
      var load = new FutureTask<>(() -> LoadRun.run(quiet(bench, server)));
      Thread.ofPlatform().name("quiet").start(load);
      var flood = LoadRun.run(flood(bench, server));
      var beside = get(load);
      double lag = server.metrics().sum("pulsegate_tenant_lag_events", Map.of("tenant", FLOOD));
      var besideDelay = awaitArrival(server, postgres, database, since, beside.accepted());
      table.row(
          sink.text,
          aloneDelay.p50Millis,
          aloneDelay.p99Millis,
          besideDelay.p50Millis,
          besideDelay.p99Millis,
          besideDelay.p99Millis / aloneDelay.p99Millis,
          beside.accepted(),
          besideDelay.rows,
          beside.errors().isEmpty() ? "-" : beside.errors().toString(),
          flood.eventsPerSecond(),
          flood.errors().entrySet().stream()
              .filter(error -> error.getKey().startsWith("429"))
              .mapToLong(Map.Entry::getValue)
              .sum(),
          lag);
    } finally {
      Bench.delete(home);
    }
  }

  private static String configuration(SlowLink link, String database) {
    return """
    tenants:
      - id: %s
        keys: [%s]
        quotas: {events_per_second: %d, backlog: 16MiB, dead_letters: 4MiB}
      - id: %s
        keys: [%s]
    sinks:
      %s:
        type: postgres
        url: "postgres://postgres@127.0.0.1:%d/%s"
    """
        .formatted(FLOOD, FLOOD, FLOOD_QUOTA, QUIET, QUIET, SINK, link.port(), database);
  }

  private static LoadPlan flood(Bench bench, ServerProcess server) {
    return LoadPlan.closedLoop(
            server.target(FLOOD), Bench.payload(FLOOD_BATCH), CONNECTIONS, bench.length())
        .atRate(FLOOD_PER_SECOND);
  }

  private static LoadPlan quiet(Bench bench, ServerProcess server) {
    return LoadPlan.closedLoop(server.target(QUIET), Bench.payload(1), CONNECTIONS, bench.length())
        .atRate(QUIET_PER_SECOND);
  }

  private static Delay awaitArrival(
      ServerProcess server, TestPostgres postgres, String database, Instant since, long events)
      throws IOException, InterruptedException, SQLException {
    // Times in the events are in whole milliseconds.
    var first = since.truncatedTo(ChronoUnit.MILLIS);
    long deadline = System.nanoTime() + ARRIVAL_MAX.toNanos();
    var delay = delay(postgres, database, first);
    while (delay.rows < events && System.nanoTime() < deadline) {
      server.run(Duration.ofMillis(200));
      delay = delay(postgres, database, first);
    }
    return delay;
  }

  private static Delay delay(TestPostgres postgres, String database, Instant since)
      throws SQLException {
    try (var connection = postgres.connect(database);
        var statement =
            connection.prepareStatement(
                "SELECT count(*), percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY"
                    + " 1000 * extract(epoch FROM pg_xact_commit_timestamp(xmin) - occurred_at)::float8)"
                    + " FROM events WHERE tenant_id = ? AND occurred_at >= ?::timestamptz")) {
      statement.setString(1, QUIET);
      statement.setString(2, since.toString());
      try (var rows = statement.executeQuery()) {
        rows.next();
        if (rows.getLong(1) == 0) {
          return new Delay(0, Double.NaN, Double.NaN);
        }
        var percentiles = (Double[]) rows.getArray(2).getArray();
        return new Delay(rows.getLong(1), percentiles[0], percentiles[1]);
      }
    }
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
