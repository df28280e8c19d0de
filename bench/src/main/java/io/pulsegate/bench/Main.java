package io.pulsegate.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/// The commands that drive a server from outside: `load` and `bench`.
@Command(
    name = "pulsegate",
    mixinStandardHelpOptions = true,
    description = "Sends events to a PulseGate server and measures what it does.",
    subcommands = {LoadCommand.class, BenchCommand.class, HelpCommand.class})
public final class Main {
  /// Arguments that make no sense, or a server that is not there.
  static final int USAGE = 2;

  private Main() {}

  /// Runs a command and exits with its code.
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler((e, arguments) -> {
          e.getCommandLine().getErr().println(e.getMessage());
          var name = e.getCommandLine().getCommandSpec().qualifiedName();
          e.getCommandLine().getErr().println("Try: " + name + " --help");
          return USAGE;
        });
  }
}
