package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How fast a backlog reaches the sinks, beside what the database does by itself; and what a server
/// needs that delivers 10,000 events/s into PostgreSQL.
final class DeliverScenario implements Scenario {
  private static final int BATCH = 100;
  private static final int CONNECTIONS = 32;
  private static final double BACKLOG_PER_SECOND = 100_000;
  private static final Duration DRAIN_MAX = Duration.ofMinutes(10);
  private static final String DELIVERED = "pulsegate_events_delivered_total";
  private static final String BARE_MEMORY = "128MiB";
  private static final String DUCKDB = "duckdb";
  private static final String POSTGRES = "postgres";

  /// @param events delivered between the two looks
  private record Drain(double events, double seconds, double serverCpuMicros, double peakMib) {
    double perSecond() {
      return events / seconds;
    }
  }

  @Override
  public String name() {
    return "deliver";
  }

  @Override
  public String summary() {
    return "a backlog drained into DuckDB and PostgreSQL, beside a bare appender and a bare COPY; memory at 10,000"
        + " events/s into PostgreSQL";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException, SQLException {
    var table =
        new Table(
            "deliver: a backlog of 288-byte events drained (PostgreSQL with fsync and"
                + " synchronous_commit on)",
            List.of(
                new Column("what", "what", 0),
                new Column("events", "events", 0),
                new Column("events/s", "events_per_second", 0),
                new Column("server us/event", "server_cpu_us_per_event", 2),
                new Column("peak RSS MiB", "peak_rss_mib", 0),
                new Column("of the bare one", "ratio_to_bare", 2)));
    long backlog = Math.max(100_000, (long) (BACKLOG_PER_SECOND * bench.seconds()));
    duckDb(bench, table, backlog);
    try (var postgres = TestPostgres.start()) {
      postgres(bench, postgres, table, backlog);
      bench.tables().accept(table);
      bench.tables().accept(steady(bench, postgres));
    }
  }

  /// DuckDB cannot be down, so what is measured is the rest after the last event was accepted.
  private static void duckDb(Bench bench, Table table, long backlog)
      throws IOException, InterruptedException, SQLException {
    bench.progress().accept("deliver: " + backlog + " events into DuckDB");
    var home = bench.newFolder("deliver-duckdb");
    try {
      Drain drain;
      double all;
      try (var server = bench.server(home, "sinks: {duckdb: {type: duckdb}}\n")) {
        warmUp(bench, server, DUCKDB);
        long start = System.nanoTime();
        send(server, backlog);
        drain = drain(server, DUCKDB, 0);
        all = (System.nanoTime() - start) / 1e9;
      }
      bench.progress().accept("deliver: bare appender with the same rows");
      var file = home.resolve("data").resolve("events.duckdb");
      double bare = new BareAppender(file, BARE_MEMORY).rowsPerSecond(backlog);
      row(table, "DuckDB, after the last event came in", drain, bare);
      plain(table, "DuckDB, while events come in too", backlog, backlog / all, bare);
      plain(table, "bare appender, 20,000 rows a commit", backlog, bare, bare);
    } finally {
      Bench.delete(home);
    }
  }

  private static void postgres(Bench bench, TestPostgres postgres, Table table, long backlog)
      throws IOException, InterruptedException, SQLException {
    bench.progress().accept("deliver: " + backlog + " events into PostgreSQL");
    var home = bench.newFolder("deliver-postgres");
    var database = postgres.newDatabase();
    try (var connection = postgres.connect(database)) {
      new BareCopy(connection, home.resolve("rows.bin")).prepareWriteAheadLog();
    }
    try (var server = bench.server(home, sink(postgres, database))) {
      warmUp(bench, server, POSTGRES);
      postgres.stop();
      send(server, backlog);
      postgres.restart();
      double before = server.metrics().sum(DELIVERED, Map.of("sink", POSTGRES));
      var drain = drain(server, POSTGRES, before + 1);
      bench.progress().accept("deliver: bare COPY BINARY of the same rows");
      copy(postgres, database, home.resolve("rows.bin"), table, drain);
    } finally {
      Bench.delete(home);
    }
  }

  private static void copy(
      TestPostgres postgres, String database, Path file, Table table, Drain drain)
      throws IOException, SQLException {
    try (var connection = postgres.connect(database)) {
      var copy = new BareCopy(connection, file);
      long rows = copy.export(true);
      // In turns, as the machine's speed changes from minute to minute.
      double plain = copy.rowsPerSecond("");
      double indexed = copy.rowsPerSecond("INCLUDING INDEXES");
      plain = (plain + copy.rowsPerSecond("")) / 2;
      indexed = (indexed + copy.rowsPerSecond("INCLUDING INDEXES")) / 2;
      long _ = copy.export(false);
      double sorted = copy.rowsPerSecond("");
      row(table, "PostgreSQL, backlog", drain, plain);
      plain(table, "bare COPY BINARY as sent, no index", rows, plain, plain);
      plain(table, "bare COPY BINARY as sent, same indexes", rows, indexed, plain);
      plain(table, "bare COPY BINARY as given back, no index", rows, sorted, plain);
    }
  }

  private static Table steady(Bench bench, TestPostgres postgres)
      throws IOException, InterruptedException {
    bench.progress().accept("deliver: 10,000 events/s into PostgreSQL");
    var table =
        new Table(
            "deliver: 10,000 events/s in batches of 10, PostgreSQL the only sink",
            List.of(
                new Column("memory setting", "memory_setting", 0),
                new Column("events/s", "events_per_second", 0),
                new Column("p50 ms", "p50_ms", 2),
                new Column("p99 ms", "p99_ms", 2),
                new Column("server cores", "server_cores", 2),
                new Column("server us/event", "server_cpu_us_per_event", 2),
                new Column("peak RSS MiB", "peak_rss_mib", 0),
                new Column("lag at end", "lag_events", 0),
                new Column("errors", "errors", 0)));
    for (var memory : List.of("256MiB", bench.memory())) {
      var home = bench.newFolder("deliver-steady");
      var setting = bench.withMemory(memory);
      try (var server = setting.server(home, sink(postgres, postgres.newDatabase()))) {
        var plan =
            LoadPlan.closedLoop(server.target(), Bench.payload(10), CONNECTIONS, bench.warmUp());
        LoadRun.run(plan.atRate(10_000));
        var measured =
            Bench.measure(
                server,
                LoadPlan.closedLoop(server.target(), Bench.payload(10), CONNECTIONS, bench.length())
                    .atRate(10_000));
        table.row(
            memory,
            measured.result().eventsPerSecond(),
            measured.result().latencyMillis(50),
            measured.result().latencyMillis(99),
            measured.serverCores(),
            measured.serverMicrosPerEvent(),
            measured.peakMib(),
            server.metrics().sum("pulsegate_stream_lag", Map.of()),
            measured.errors());
      } finally {
        Bench.delete(home);
      }
    }
    return table;
  }

  static String sink(TestPostgres postgres, String database) {
    return "sinks: {postgres: {type: postgres, url: \"" + postgres.url(database) + "\"}}\n";
  }

  private static void warmUp(Bench bench, ServerProcess server, String sink)
      throws IOException, InterruptedException {
    LoadRun.run(
        LoadPlan.closedLoop(server.target(), Bench.payload(BATCH), CONNECTIONS, bench.warmUp()));
    server.awaitDelivered(sink, DRAIN_MAX);
  }

  private static void send(ServerProcess server, long events)
      throws IOException, InterruptedException {
    LoadRun.run(
        LoadPlan.closedLoop(server.target(), Bench.payload(BATCH), CONNECTIONS, DRAIN_MAX)
            .untilAccepted(events));
  }

  /// Waits until the sink has delivered `from` events, then measures until it has all. So the wait
  /// for the next try of a sink that was down is not in the figure.
  private static Drain drain(ServerProcess server, String sink, double from)
      throws IOException, InterruptedException {
    var labels = Map.of("sink", sink);
    long deadline = System.nanoTime() + DRAIN_MAX.toNanos();
    while (server.metrics().sum(DELIVERED, labels) < from && System.nanoTime() < deadline) {
      server.run(Duration.ofMillis(5));
    }
    double deliveredBefore = server.metrics().sum(DELIVERED, labels);
    long cpuBefore = server.stats().cpuMicros();
    long start = System.nanoTime();
    server.awaitDelivered(sink, DRAIN_MAX);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Drain(
        server.metrics().sum(DELIVERED, labels) - deliveredBefore,
        seconds,
        server.stats().cpuMicros() - cpuBefore,
        server.stats().peakMib());
  }

  private static void plain(Table table, String what, long events, double perSecond, double bare) {
    table.row(what, events, perSecond, Double.NaN, Double.NaN, perSecond / bare);
  }

  private static void row(Table table, String what, Drain drain, double bare) {
    table.row(
        what,
        drain.events(),
        drain.perSecond(),
        drain.serverCpuMicros() / drain.events(),
        drain.peakMib(),
        drain.perSecond() / bare);
  }
}
