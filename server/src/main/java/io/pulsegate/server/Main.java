package io.pulsegate.server;

import io.pulsegate.server.logs.Logs;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line of PulseGate.
@Command(
    name = "pulsegate",
    description =
        "A durable, multi-tenant event collector: events in over HTTP, safe on disk before the reply, delivered exactly once.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "  load     Send events at a rate and report latency (pulsegate load --help).",
      "  bench    Run the canonical workloads (pulsegate bench --list).",
      "",
      "To begin:  pulsegate serve",
    })
public final class Main implements Runnable {
  /// Something the person can mend: a configuration, a port, a folder.
  static final int FAILED = 1;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before run
  private CommandSpec spec;

  private Main() {}

  public static void main(String[] arguments) {
    Logs.takeOverJavaUtilLogging();
    System.exit(commandLine().execute(arguments));
  }

  /// The command line with all its commands.
  static CommandLine commandLine() {
    var line = new CommandLine(new Main());
    var serve = new CommandLine(new ServeCommand());
    ConfigFlags.addTo(serve.getCommandSpec());
    line.addSubcommand(serve);
    line.addSubcommand(new CheckCommand());
    line.addSubcommand(new MigrateCommand());
    line.addSubcommand(new SqlCommand());
    line.addSubcommand(new TenantsCommand());
    line.addSubcommand(new KeysCommand());
    line.addSubcommand(new SinksCommand());
    line.addSubcommand(new PluginsCommand());
    line.addSubcommand(new DlqCommand());
    line.addSubcommand(new ReplayCommand());
    line.addSubcommand(new WhereCommand());
    line.addSubcommand(new LagCommand());
    line.addSubcommand(new HaltsCommand());
    line.addSubcommand(new OrphansCommand());
    line.addSubcommand(new AuditCommand());
    line.addSubcommand(LogCommand.line());
    line.addSubcommand(new CopyCommand.Backup());
    line.addSubcommand(new CopyCommand.Clone());
    line.addSubcommand(new VersionCommand());
    line.setUsageHelpAutoWidth(true);
    line.setExecutionStrategy(Main::run);
    line.setParameterExceptionHandler((mistake, _) -> Usage.explain(mistake));
    line.setExecutionExceptionHandler((failure, command, _) -> {
      if (failure instanceof StartException expected) {
        command.getErr().println("pulsegate: " + expected.getMessage());
        return FAILED;
      }
      throw failure;
    });
    return line;
  }

  /// With --help beside it, picocli would show the help of the command above one that is not there.
  private static int run(ParseResult result) {
    for (ParseResult each = result; ; each = each.subcommand()) {
      if (!each.unmatched().isEmpty()) {
        throw new UnmatchedArgumentException(each.commandSpec().commandLine(), each.unmatched());
      }
      if (!each.hasSubcommand()) {
        return new CommandLine.RunLast().execute(result);
      }
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
