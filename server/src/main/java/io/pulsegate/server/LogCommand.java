package io.pulsegate.server;

import io.pulsegate.log.SegmentReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pulsegate log`: looks at the ingestion log of a data folder that no server uses, and mends it.
@Command(
    name = "log",
    description = "Describe, verify, dump or repair the log of a data folder, without a server.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class LogCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before run
  private CommandSpec spec;

  /// With its own commands.
  static CommandLine line() {
    var line = new CommandLine(new LogCommand());
    line.addSubcommand(new Describe());
    line.addSubcommand(new Verify());
    line.addSubcommand(new LogDumpCommand());
    line.addSubcommand(new LogRepairCommand());
    return line;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /// `pulsegate log describe DIR`.
  @Command(
      name = "describe",
      description = "List the segments from their headers and footers; takes no time to speak of.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:described", "1:it cannot be read", "2:wrong usage"})
  static final class Describe implements java.util.concurrent.Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "A data folder.")
    private Path data = Path.of("");

    @Override
    public Integer call() throws StartException {
      PrintWriter out = spec.commandLine().getOut();
      return LogTools.look(
          data,
          log -> {
            log.identity()
                .ifPresentOrElse(
                    who -> out.printf("log %s, opened %d times%n", who.id(), who.generation()),
                    () -> out.println("no log yet"));
            List<SegmentReport> segments = log.describe();
            out.print(LogTools.table(segments));
            out.print(LogTools.summary(segments));
            out.flush();
            return 0;
          });
    }
  }

  /// `pulsegate log verify DIR`.
  @Command(
      name = "verify",
      description = "Read every frame and every footer and check what they say of themselves.",
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {
        "0:everything is whole (a torn tail is no damage)",
        "1:it cannot be read",
        "2:wrong usage",
        "3:something is damaged"
      })
  static final class Verify implements java.util.concurrent.Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before call
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "A data folder.")
    private Path data = Path.of("");

    @Override
    public Integer call() throws StartException {
      PrintWriter out = spec.commandLine().getOut();
      return LogTools.look(
          data,
          log -> {
            List<SegmentReport> segments = log.verify();
            out.print(LogTools.table(segments));
            out.print(LogTools.summary(segments));
            out.flush();
            return LogTools.anyDamaged(segments) ? LogTools.DAMAGED : 0;
          });
    }
  }
}
