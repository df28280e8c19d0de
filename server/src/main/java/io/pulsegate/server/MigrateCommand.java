package io.pulsegate.server;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Migratable;
import io.pulsegate.api.Migratable.Plan;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.config.ServerConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pulsegate migrate`.
@Command(
    name = "migrate",
    description =
        "Show, or with --apply make, the changes that bring the tables of sinks to the columns that the configuration declares.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is to be done, or all of it was done",
      "1:a database cannot be asked, or a person has to decide",
      "3:there is something to do, and --apply was not given"
    },
    footer = {
      "",
      "Columns are added, types widened, NULL let in. No column is taken away and no value changed.",
      "A DuckDB file can be changed while no server has it open.",
      "Example:  pulsegate migrate --sink metrics --apply"
    })
final class MigrateCommand implements Callable<Integer> {
  private static final int TO_DO = 3;
  private static final long MEMORY_BYTES = 64 << 20;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Option(names = "--apply", description = "Make the changes, those of a sink all or none.")
  private boolean apply;

  @Option(
      names = "--sink",
      paramLabel = "NAME",
      description = "The sink to look at. Default: all whose tables can be changed.")
  private @Nullable String sink;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Data folder, where DuckDB's file is. Default: as for serve.")
  private @Nullable String data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration. Default: as for serve.")
  private @Nullable Path config;

  @Override
  public Integer call() throws StartException, InterruptedException {
    var flags = new HashMap<String, String>();
    Optional.ofNullable(data).ifPresent(folder -> flags.put("--data", folder));
    var loaded = ConfigLoader.load(Optional.ofNullable(config), flags, System.getenv());
    return switch (loaded.checked()) {
      case Checked.Invalid(List<Problem> problems) -> {
        CheckCommand.problems(problems, loaded.file(), spec.commandLine().getErr());
        yield Main.FAILED;
      }
      case Checked.Valid(ServerConfig valid) -> migrate(valid);
    };
  }

  private int migrate(ServerConfig valid) throws InterruptedException {
    int code = 0;
    int seen = 0;
    for (ServerConfig.SinkEntry<?> entry : valid.sinks()) {
      if (sink != null && !entry.name().equals(sink)) {
        continue;
      }
      var context =
          new SinkContext(
              entry.name(), valid.data(), MEMORY_BYTES, InstantSource.system(), Metrics.NONE);
      try (Sink made = entry.create(context)) {
        if (made instanceof Migratable migratable) {
          seen++;
          code = worse(code, show(entry.name(), apply ? migratable.migrate() : migratable.plan()));
        }
      }
    }
    if (seen == 0) {
      spec.commandLine()
          .getErr()
          .println(
              "pulsegate: there is no sink"
                  + (sink == null ? "" : " " + sink)
                  + " whose table can be changed here: those of the types postgres and duckdb can");
      return Main.FAILED;
    }
    return code;
  }

  private int show(String name, Plan plan) {
    PrintWriter out = spec.commandLine().getOut();
    return switch (plan) {
      case Plan.Failed(String reason) -> {
        spec.commandLine().getErr().println("pulsegate: " + name + ": " + reason);
        yield Main.FAILED;
      }
      case Plan.Steps(List<String> statements, List<String> obstacles) -> {
        obstacles.forEach(obstacle ->
            spec.commandLine().getErr().println("pulsegate: " + name + ": " + obstacle));
        boolean done = apply && obstacles.isEmpty();
        out.println(
            statements.isEmpty()
                ? name + ": nothing to do"
                : name + (done ? ": done" : ": to be done, with --apply"));
        statements.forEach(statement -> out.println("  " + statement + ";"));
        out.flush();
        yield obstacles.isEmpty() ? (statements.isEmpty() || done ? 0 : TO_DO) : Main.FAILED;
      }
    };
  }

  /// The worst of two codes is a failure.
  private static int worse(int one, int other) {
    return one == Main.FAILED || other == Main.FAILED ? Main.FAILED : Math.max(one, other);
  }
}
