package io.pulsegate.bench;

import io.pulsegate.bench.scenario.Bench;
import io.pulsegate.bench.scenario.DeviceProbe;
import io.pulsegate.bench.scenario.Machine;
import io.pulsegate.bench.scenario.Scenario;
import io.pulsegate.bench.scenario.StartScript;
import io.pulsegate.bench.scenario.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pulsegate bench`: runs a canonical workload against a server of its own.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a server on a temporary data folder, drives it, and prints what was measured.",
      ""
    })
final class BenchCommand implements Callable<Integer> {
  private static final String SYNC_POLICY =
      "level disk: a reply leaves after the sync (fdatasync) that covers its events";

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "The scenario.")
  Optional<String> name = Optional.empty();

  @Option(names = "--list", description = "Name the scenarios.")
  boolean list;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "Length of each measurement. Default: ${DEFAULT-VALUE}.")
  double seconds;

  @Option(
      names = "--away",
      paramLabel = "S",
      defaultValue = "10",
      description =
          "How long the destination is away: in real time for tenants, as so many seconds' worth of 2,000 events/s for outage. Default: ${DEFAULT-VALUE}.")
  double away;

  @Option(names = "--json", description = "Print the result as one line of JSON.")
  boolean json;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = "${sys:java.io.tmpdir}",
      description =
          "Where the data is written: the device that is measured. Default: ${DEFAULT-VALUE}.")
  Path directory = Path.of(".");

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "512MiB",
      description = "The server's memory setting. Default: ${DEFAULT-VALUE}.")
  String memory = "";

  @Option(
      names = "--server",
      paramLabel = "FILE",
      description = "Start script of the server to measure. Default: the one that started this.")
  Optional<Path> server = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException, SQLException {
    if (list) {
      Scenario.ALL.forEach(
          scenario -> out().printf("%-10s %s%n", scenario.name(), scenario.summary()));
      out().flush();
      return 0;
    }
    var scenario = scenario();
    if (!(seconds > 0)) {
      throw wrong("--seconds must be above 0, was " + seconds);
    }
    if (!(away > 0)) {
      throw wrong("--away must be above 0, was " + away);
    }
    var script =
        server
            .or(StartScript::find)
            .filter(Files::isExecutable)
            .orElseThrow(() -> wrong("no start script found; name it with --server"));
    var folder = Files.createTempDirectory(directory, "pulsegate-bench");
    try {
      return run(scenario, script, folder);
    } finally {
      Files.deleteIfExists(folder);
    }
  }

  private int run(Scenario scenario, Path script, Path folder)
      throws IOException, InterruptedException, SQLException {
    var machine = Machine.inspect(folder);
    var device = DeviceProbe.measure(folder);
    if (!json) {
      out().println("machine  " + machine.text());
      out().println("device   " + device.text());
      out().println("sync     " + SYNC_POLICY);
      out().println("server   memory " + memory + "; client on the same machine, one thread");
      out().flush();
    }
    var tables = new ArrayList<Table>();
    scenario.run(
        new Bench(
            List.of(script.toAbsolutePath().toString()),
            folder,
            seconds,
            memory,
            away,
            table -> take(table, tables),
            line -> {
              err().println(line);
              err().flush();
            }));
    if (json) {
      out().println(json(scenario, machine, device, tables));
      out().flush();
    }
    return 0;
  }

  private void take(Table table, List<Table> tables) {
    tables.add(table);
    if (!json) {
      table.print(out());
    }
  }

  private String json(Scenario scenario, Machine machine, DeviceProbe device, List<Table> tables) {
    return "{\"scenario\":"
        + JsonText.quote(scenario.name())
        + ",\"seconds\":"
        + seconds
        + ",\"memory\":"
        + JsonText.quote(memory)
        + ",\"sync\":"
        + JsonText.quote(SYNC_POLICY)
        + ",\"machine\":"
        + machine.json()
        + ",\"device\":"
        + device.json()
        + ",\"tables\":"
        + tables.stream().map(Table::json).collect(Collectors.joining(",", "[", "]}"));
  }

  private Scenario scenario() {
    var known = Scenario.ALL.stream().map(Scenario::name).collect(Collectors.joining(", "));
    var wanted = name.orElseThrow(() -> wrong("which scenario? There are: " + known));
    return Scenario.ALL.stream()
        .filter(scenario -> scenario.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> wrong("no scenario '" + wanted + "'. There are: " + known));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
