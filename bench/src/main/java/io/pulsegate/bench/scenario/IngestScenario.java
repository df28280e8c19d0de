package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.scenario.Table.Column;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// How many events a server takes durably: closed loop, 288-byte events, every combination of batch
/// size, connections and delivery on a server of its own.
final class IngestScenario implements Scenario {
  private static final List<Integer> BATCHES = List.of(100, 1);
  private static final List<Integer> CONNECTIONS = List.of(64, 512);
  private static final String OFF = "off";
  private static final String ON = "DuckDB";

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public String summary() {
    return "288-byte events over HTTP: batches of 100 and singles, 64 and 512 connections, delivery"
        + " off and on";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    var table =
        new Table(
            "ingest: closed loop, durable (level disk), 288-byte events",
            List.of(
                new Column("delivery", "delivery", 0),
                new Column("batch", "batch", 0),
                new Column("connections", "connections", 0),
                new Column("events/s", "events_per_second", 0),
                new Column("requests/s", "requests_per_second", 0),
                new Column("p50 ms", "p50_ms", 2),
                new Column("p99 ms", "p99_ms", 2),
                new Column("server us/event", "server_cpu_us_per_event", 2),
                new Column("client us/request", "client_cpu_us_per_request", 1),
                new Column("peak RSS MiB", "peak_rss_mib", 0),
                new Column("lag at end", "lag_events", 0),
                new Column("errors", "errors", 0)));
    for (var delivery : List.of(OFF, ON)) {
      for (int batch : BATCHES) {
        for (int connections : CONNECTIONS) {
          bench
              .progress()
              .accept(
                  "ingest: delivery "
                      + delivery
                      + ", batch "
                      + batch
                      + ", "
                      + connections
                      + " connections");
          measure(bench, table, delivery, batch, connections);
        }
      }
    }
    bench.tables().accept(table);
  }

  private static void measure(Bench bench, Table table, String delivery, int batch, int connections)
      throws IOException, InterruptedException {
    var home = bench.newFolder("ingest");
    var sinks = delivery.equals(OFF) ? "sinks: {}\n" : "";
    try (var server = bench.server(home, sinks)) {
      LoadRun.run(
          LoadPlan.closedLoop(server.target(), Bench.payload(batch), connections, bench.warmUp()));
      var measured =
          Bench.measure(
              server,
              LoadPlan.closedLoop(
                  server.target(), Bench.payload(batch), connections, bench.length()));
      table.row(
          delivery,
          batch,
          connections,
          measured.result().eventsPerSecond(),
          measured.result().requestsPerSecond(),
          measured.result().latencyMillis(50),
          measured.result().latencyMillis(99),
          measured.serverMicrosPerEvent(),
          measured.clientMicrosPerRequest(),
          measured.peakMib(),
          server.metrics().sum("pulsegate_stream_lag", Map.of()),
          measured.errors());
    } finally {
      Bench.delete(home);
    }
  }
}
