package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.AckRecord;
import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.bench.verify.Findings;
import io.pulsegate.bench.verify.VerifyTask;
import io.pulsegate.testkit.TestPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One of two sinks is away while as many events come in as 2,000/s for `--away` seconds are, then
/// it is back: what each has in the end, and how fast the backlog went.
final class OutageScenario implements Scenario {
  private static final int PER_SECOND = 2_000;
  private static final int BATCH = 100;
  private static final int CONNECTIONS = 32;
  private static final Duration SEND_MAX = Duration.ofMinutes(15);
  private static final String AWAY = "warehouse";
  private static final String OTHER = "local";
  private static final String LAG = "pulsegate_stream_lag";

  @Override
  public String name() {
    return "outage";
  }

  @Override
  public String summary() {
    return "PostgreSQL away for --away seconds' worth of 2,000 events/s, DuckDB not; then every event"
        + " looked for in both";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException, SQLException {
    var table =
        new Table(
            "outage: what each sink has of the events that came in while PostgreSQL was away",
            List.of(
                new Column("sink", "sink", 0),
                new Column("acknowledged", "acknowledged", 0),
                new Column("missing", "missing", 0),
                new Column("doubled", "doubled", 0),
                new Column("lag when it came back", "lag_events", 0),
                new Column("rejoined after s", "seconds", 1),
                new Column("events/s", "events_per_second", 0),
                new Column("peak RSS MiB", "peak_rss_mib", 0)));
    long events = (long) (PER_SECOND * bench.away().toNanos() / 1e9);
    var home = bench.newFolder("outage");
    try (var postgres = TestPostgres.start()) {
      var database = postgres.newDatabase();
      var record = home.resolve("acknowledged.txt");
      Backlog backlog;
      try (var server = bench.server(home, configuration(postgres, database))) {
        backlog = outage(bench, server, postgres, record, events);
      }
      bench.progress().accept("outage: comparing");
      var local =
          new VerifyTask(
                  record,
                  new VerifyTask.DuckDbStore(home.resolve("data"), "events"),
                  Optional.empty())
              .run();
      var warehouse =
          new VerifyTask(
                  record,
                  new VerifyTask.PostgresStore(postgres.url(database), "events"),
                  Optional.empty())
              .run();
      row(
          table,
          "DuckDB, there all the time",
          local,
          backlog.otherLag,
          Double.NaN,
          Double.NaN,
          backlog);
      row(
          table,
          "PostgreSQL, away",
          warehouse,
          backlog.lag,
          backlog.seconds,
          backlog.lag / backlog.seconds,
          backlog);
    } finally {
      Bench.delete(home);
    }
    bench.tables().accept(table);
  }

  /// @param lag events that waited for the sink when it came back
  /// @param otherLag and for the other one at that moment
  /// @param seconds from then until it had them, the wait for its next try included
  private record Backlog(double lag, double otherLag, double seconds, double peakMib) {}

  private static Backlog outage(
      Bench bench, ServerProcess server, TestPostgres postgres, Path record, long events)
      throws IOException, InterruptedException {
    try (var acknowledged = new AckRecord(record)) {
      new LoadRun(
              LoadPlan.closedLoop(
                  server.target(), Bench.payload(BATCH), CONNECTIONS, bench.warmUp()),
              Optional.of(acknowledged),
              any -> {})
          .run();
      server.awaitDelivered(AWAY, SEND_MAX);
      postgres.stop();
      bench.progress().accept("outage: " + events + " events while PostgreSQL is away");
      long begun = System.nanoTime();
      var result =
          new LoadRun(
                  LoadPlan.closedLoop(server.target(), Bench.payload(BATCH), CONNECTIONS, SEND_MAX)
                      .untilAccepted(events),
                  Optional.of(acknowledged),
                  any -> {})
              .run();
      server.awaitDelivered(OTHER, SEND_MAX);
      bench
          .progress()
          .accept(
              String.format(
                  Locale.ROOT,
                  "outage: %,.0f events/s taken; DuckDB had all after %.1f s; errors %s",
                  result.eventsPerSecond(),
                  (System.nanoTime() - begun) / 1e9,
                  result.errors().isEmpty() ? "none" : result.errors()));
    }
    double lag = lag(server, AWAY);
    double otherLag = lag(server, OTHER);
    postgres.restart();
    bench.progress().accept("outage: PostgreSQL is back");
    long back = System.nanoTime();
    server.awaitDelivered(AWAY, SEND_MAX);
    return new Backlog(lag, otherLag, (System.nanoTime() - back) / 1e9, server.stats().peakMib());
  }

  private static double lag(ServerProcess server, String sink)
      throws IOException, InterruptedException {
    return server.metrics().sum(LAG, Map.of("sink", sink));
  }

  private static void row(
      Table table,
      String sink,
      Findings findings,
      double lag,
      double seconds,
      double rate,
      Backlog backlog) {
    table.row(
        sink,
        findings.acknowledged(),
        findings.missing().count(),
        findings.doubled().count(),
        lag,
        seconds,
        rate,
        backlog.peakMib());
  }

  private static String configuration(TestPostgres postgres, String database) {
    return """
    sinks:
      %s: {type: duckdb}
      %s: {type: postgres, url: "%s"}
    """
        .formatted(OTHER, AWAY, postgres.url(database));
  }
}
