package io.pulsegate.server;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.config.ServerConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pulsegate check`.
@Command(
    name = "check",
    description = "Check a configuration: print every problem, or every value in force.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:it can be run", "1:it cannot"})
final class CheckCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration. Default: PULSEGATE_CONFIG, else pulsegate.yaml where there is one.")
  private @Nullable Path config;

  @Override
  public Integer call() throws StartException {
    var loaded =
        ConfigLoader.load(Optional.ofNullable(config), java.util.Map.of(), System.getenv());
    PrintWriter out = spec.commandLine().getOut();
    return switch (loaded.checked()) {
      case Checked.Valid(ServerConfig valid) -> {
        summary(valid, loaded.file(), out);
        yield 0;
      }
      case Checked.Invalid(List<Problem> problems) -> {
        problems(problems, loaded.file(), spec.commandLine().getErr());
        yield Main.FAILED;
      }
    };
  }

  private static void summary(ServerConfig config, Optional<Path> file, PrintWriter out) {
    out.println(
        file.map(path -> path + " is good.").orElse("No configuration file; these values hold."));
    int width = config.effective().stream().mapToInt(line -> line.path().length()).max().orElse(0);
    for (ServerConfig.Effective line : config.effective()) {
      out.printf("  %-" + width + "s  %s  (%s)%n", line.path(), line.value(), line.origin());
    }
    config.warnings().forEach(warning -> out.println("warning: " + warning));
  }

  /// Prints what is wrong, a line for each problem.
  static void problems(List<Problem> problems, Optional<Path> file, PrintWriter err) {
    String where = file.map(path -> " in " + path).orElse("");
    err.println(
        problems.size() == 1
            ? "pulsegate: there is a problem" + where
            : "pulsegate: there are " + problems.size() + " problems" + where);
    problems.forEach(problem -> err.println("  " + problem));
  }
}
