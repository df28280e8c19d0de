package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.load.Payload;
import io.pulsegate.bench.load.WireFormat;
import io.pulsegate.bench.scenario.Bench.Measured;
import io.pulsegate.bench.scenario.Table.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What the server spends on an event in each wire format, beside the native one of the same size
/// in the same batches. One server without sinks, so that only the way into the log is measured;
/// the formats take turns, several times, so that a slow minute of the machine hits all alike.
final class DialectsScenario implements Scenario {
  private static final int CONNECTIONS = 32;
  private static final int ROUNDS = 5;
  private static final List<Integer> BATCHES = List.of(1, 50);
  private static final String CONFIGURATION =
      """
      sinks: {}
      tenants:
        - {id: demo, keys: [demo]}
      dialects:
        kaasino: {tenant: demo}
        event-collector: {tenant: demo}
        pulsemetrics: {tenant: demo}
        collection:
          domains: [{domain: localhost, client: demo}]
      """;

  @Override
  public String name() {
    return "dialects";
  }

  @Override
  public String summary() {
    return "CPU per event of each wire format against the native one, in one run";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    var table =
        new Table(
            "dialects: closed loop, "
                + CONNECTIONS
                + " connections, durable (level disk), no sinks, 288-byte events; median of "
                + ROUNDS
                + " rounds",
            List.of(
                new Column("dialect", "dialect", 0),
                new Column("batch", "batch", 0),
                new Column("events/s", "events_per_second", 0),
                new Column("server us/event", "server_cpu_us_per_event", 2),
                new Column("against native %", "against_native_percent", 1),
                new Column("errors", "errors", 0)));
    Path home = bench.newFolder("dialects");
    try (var server = bench.server(home, CONFIGURATION)) {
      for (int batch : BATCHES) {
        measure(bench, server, batch, table);
      }
    } finally {
      Bench.delete(home);
    }
    bench.tables().accept(table);
  }

  private static void measure(Bench bench, ServerProcess server, int batch, Table table)
      throws IOException, InterruptedException {
    Map<WireFormat, List<Measured>> rounds = new EnumMap<>(WireFormat.class);
    for (WireFormat wire : WireFormat.values()) {
      if (batch == 1 || wire != WireFormat.PULSEMETRICS) {
        rounds.put(wire, new ArrayList<>());
        bench.progress().accept("dialects: warming up " + wire + ", batch " + batch);
        LoadRun.run(plan(server, wire, batch, bench.warmUp().toNanos()));
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (var measured : rounds.entrySet()) {
        bench.progress().accept("dialects: " + measured.getKey() + ", batch " + batch);
        measured
            .getValue()
            .add(
                Bench.measure(
                    server,
                    plan(server, measured.getKey(), batch, bench.length().toNanos() / ROUNDS)));
      }
    }
    double ofNative = microsPerEvent(rounds.getOrDefault(WireFormat.NATIVE, List.of()));
    rounds.forEach((wire, measured) -> {
      double micros = microsPerEvent(measured);
      table.row(
          wire.toString(),
          batch,
          median(measured.stream().map(each -> each.result().eventsPerSecond()).toList()),
          micros,
          100 * (micros / ofNative - 1),
          measured.stream()
              .map(Measured::errors)
              .filter(text -> !text.equals("-"))
              .findFirst()
              .orElse("-"));
    });
  }

  private static LoadPlan plan(ServerProcess server, WireFormat wire, int batch, long nanos) {
    Payload payload = Bench.payload(wire, batch);
    return LoadPlan.closedLoop(server.target(wire), payload, CONNECTIONS, Duration.ofNanos(nanos));
  }

  private static double microsPerEvent(List<Measured> rounds) {
    return median(rounds.stream().map(Measured::serverMicrosPerEvent).toList());
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(Double.NaN);
  }
}
