package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.scenario.Bench.Measured;
import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Every figure that the collectors PulseGate grew out of claim, with its conditions, beside what
/// is measured here. One server with PostgreSQL as its only sink, every reply after the sync.
final class TargetsScenario implements Scenario {
  private static final String SINK = "postgres";
  private static final Duration DRAIN_MAX = Duration.ofMinutes(10);
  private static final int CONNECTIONS = 32;
  private static final double SECONDS_PER_MONTH = 30 * 86_400;
  private static final double OUTAGE_EVENTS = 2_000 * 1_800.0;

  private final Table table =
      new Table(
          "targets: what the seeds claim, and what is measured here (PostgreSQL sink, level disk)",
          List.of(
              new Column("seed", "seed", 0),
              new Column("claim", "claim", 0),
              new Column("measured", "measured", 0),
              new Column("how it was measured", "conditions", 0)));

  @Override
  public String name() {
    return "targets";
  }

  @Override
  public String summary() {
    return "each figure claimed by a seed, with its conditions, beside what is measured here";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException, SQLException {
    var home = bench.newFolder("targets");
    try (var postgres = TestPostgres.start()) {
      var database = postgres.newDatabase();
      try (var server = bench.server(home, DeliverScenario.sink(postgres, database))) {
        double idleMib = server.stats().residentMib();
        LoadRun.run(plan(bench, server, 100).atRate(20_000));
        server.awaitDelivered(SINK, DRAIN_MAX);
        kaasino(bench, server, idleMib);
        eventCollector(bench, server, home);
        collectionApi(bench, server, postgres, database, idleMib);
        pulseGate(bench, server);
      }
    } finally {
      Bench.delete(home);
    }
    bench.tables().accept(table);
  }

  /// Seed 000.
  private void kaasino(Bench bench, ServerProcess server, double idleMib)
      throws IOException, InterruptedException {
    final String seed = "000 Kaasino";
    bench.progress().accept("targets: flat out in batches of 100");
    double before = delivered(server);
    long start = System.nanoTime();
    var flatOut = Bench.measure(server, plan(bench, server, 100));
    server.awaitDelivered(SINK, DRAIN_MAX);
    double seconds = (System.nanoTime() - start) / 1e9;
    row(
        seed,
        "~50,000 events/s (4 cores)",
        String.format(
            Locale.ROOT,
            "%,.0f/s taken, %,.0f/s to the table",
            flatOut.result().eventsPerSecond(),
            (delivered(server) - before) / seconds),
        "closed loop, batches of 100, "
            + CONNECTIONS
            + " connections; then until all rows are there");
    bench.progress().accept("targets: 10,000 events/s");
    var writes = new Writes(server);
    var steady = Bench.measure(server, plan(bench, server, 10).atRate(10_000));
    server.awaitDelivered(SINK, DRAIN_MAX);
    row(
        seed,
        "CPU < 5 % at 10,000 events/s (4 cores)",
        String.format(Locale.ROOT, "%.1f %% of one core", 100 * steady.serverCores()),
        "open loop, batches of 10; 5 % of 4 cores is 20 % of one");
    row(
        seed,
        "flush 10-15 ms per 100 events",
        writes.since(server),
        "a write into PostgreSQL with" + " its commit, at 10,000 events/s");
    row(
        seed,
        "~50 MB memory",
        String.format(Locale.ROOT, "%.0f MiB idle, %.0f MiB peak", idleMib, steady.peakMib()),
        "RSS after start; peak over all runs so far; memory setting " + bench.memory());
  }

  /// Seed 001.
  private void eventCollector(Bench bench, ServerProcess server, Path home)
      throws IOException, InterruptedException {
    final String seed = "001 Event collector";
    for (int batch : List.of(1, 100, 1_000)) {
      bench.progress().accept("targets: 2,000 events/s, batch " + batch);
      var measured = Bench.measure(server, plan(bench, server, batch).atRate(2_000));
      row(
          seed,
          "2,000 events/s, p99 <= 40 ms, batches 1-1000",
          rateAndLatency(measured),
          "open loop, batches of " + batch + ", from the intended time to the durable reply");
    }
    double events = server.metrics().sum("pulsegate_events_accepted_total", Map.of());
    double bytesPerEvent = sizeBytes(home.resolve("data").resolve("log")) / events;
    row(
        seed,
        "30 min sink outage tolerated",
        String.format(
            Locale.ROOT,
            "%.0f B/event in the log: %,.0f MiB for it",
            bytesPerEvent,
            bytesPerEvent * OUTAGE_EVENTS / (1 << 20)),
        "size of the log after this benchmark (files prepared ahead included), times 2,000/s in"
            + " 30 min; computed, not waited for");
  }

  /// Seed 003.
  private void collectionApi(
      Bench bench, ServerProcess server, TestPostgres postgres, String database, double idleMib)
      throws IOException, InterruptedException, SQLException {
    final String seed = "003 Collection API";
    bench.progress().accept("targets: 5,000 events/s, batch 30");
    long before = transactions(postgres, database);
    double deliveredBefore = delivered(server);
    var measured = Bench.measure(server, plan(bench, server, 30).atRate(5_000));
    server.awaitDelivered(SINK, DRAIN_MAX);
    double rows = delivered(server) - deliveredBefore;
    double transactions = transactions(postgres, database) - before;
    row(
        seed,
        "5,000+ events/s sustained",
        rateAndLatency(measured),
        "open loop, batches of 30, until the last row is in the table");
    row(
        seed,
        "200M+ events a month on one VM",
        String.format(
            Locale.ROOT,
            "%,.0f M a month at this rate",
            measured.result().eventsPerSecond() * SECONDS_PER_MONTH / 1e6),
        "the rate above, times 30 days");
    row(
        seed,
        "< 1 ms per batch of 10-50",
        String.format(
            Locale.ROOT,
            "p50 %.2f ms, p99 %.2f ms",
            measured.result().service().getValueAtPercentile(50) / 1e6,
            measured.result().service().getValueAtPercentile(99) / 1e6),
        "from sending to the reply, the sync of the log included");
    row(
        seed,
        "90 % fewer database transactions",
        String.format(
            Locale.ROOT,
            "%.1f %% fewer: %.0f rows a transaction",
            100 * (1 - transactions / rows),
            rows / transactions),
        "transactions that PostgreSQL counted, against one a row");
    row(
        seed,
        "~200 MB memory",
        String.format(Locale.ROOT, "%.0f MiB idle, %.0f MiB peak", idleMib, measured.peakMib()),
        "as above");
  }

  /// Seed 004.
  private void pulseGate(Bench bench, ServerProcess server)
      throws IOException, InterruptedException {
    for (int rate : List.of(5_000, 10_000)) {
      bench.progress().accept("targets: " + rate + " single events/s");
      row(
          "004 PulseGate",
          String.format(Locale.ROOT, "load test at %,d events/s", rate),
          rateAndLatency(Bench.measure(server, plan(bench, server, 1).atRate(rate))),
          "open loop, single events");
    }
  }

  private void row(String seed, String claim, String measured, String conditions) {
    table.row(seed, claim, measured, conditions);
  }

  private static String rateAndLatency(Measured measured) {
    var errors = measured.result().errors();
    return String.format(
        Locale.ROOT,
        "%,.0f/s, p50 %.2f ms, p99 %.2f ms%s",
        measured.result().eventsPerSecond(),
        measured.result().latencyMillis(50),
        measured.result().latencyMillis(99),
        errors.isEmpty() ? "" : ", errors " + errors);
  }

  private static LoadPlan plan(Bench bench, ServerProcess server, int batch) {
    return LoadPlan.closedLoop(server.target(), Bench.payload(batch), CONNECTIONS, bench.length());
  }

  private static double delivered(ServerProcess server) throws IOException, InterruptedException {
    double sum = server.metrics().sum("pulsegate_events_delivered_total", Map.of("sink", SINK));
    return Double.isNaN(sum) ? 0 : sum;
  }

  private static long transactions(TestPostgres postgres, String database) throws SQLException {
    try (var connection = postgres.connect("postgres");
        var statement =
            connection.prepareStatement(
                "SELECT xact_commit FROM pg_stat_database WHERE datname = ?")) {
      statement.setString(1, database);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static double sizeBytes(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  /// Writes into the sink between two looks.
  private static final class Writes {
    private static final String TIME = "pulsegate_worker_processing_time";
    private static final String EVENTS = "pulsegate_sink_batch_events";

    private final ServerProcess.Metrics before;

    Writes(ServerProcess server) throws IOException, InterruptedException {
      before = server.metrics();
    }

    String since(ServerProcess server) throws IOException, InterruptedException {
      var after = server.metrics();
      double writes = growth(after, TIME + "_count");
      return String.format(
          Locale.ROOT,
          "%.1f ms for %.0f events",
          growth(after, TIME + "_sum") / writes,
          growth(after, EVENTS + "_sum") / writes);
    }

    private double growth(ServerProcess.Metrics after, String name) {
      var labels = Map.of("sink", SINK);
      return after.sum(name, labels) - before.sum(name, labels);
    }
  }
}
