package io.pulsegate.server;

import io.pulsegate.server.config.Nearest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/// Says what is wrong with a command line, and what was probably meant.
final class Usage {
  private static final int WRONG_USAGE = 2;

  /// Commands that the start script hands to another program.
  private static final List<String> ELSEWHERE = List.of("load", "bench");

  private Usage() {}

  /// Prints one line, and how to get help.
  ///
  /// @return the exit code
  static int explain(CommandLine.ParameterException mistake) {
    CommandLine command = mistake.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("pulsegate: " + text(mistake, command));
    command.getErr().println("  %s --help  shows what there is".formatted(name));
    return WRONG_USAGE;
  }

  private static String text(CommandLine.ParameterException mistake, CommandLine command) {
    if (!(mistake instanceof CommandLine.UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(mistake.getMessage());
    }
    String word = unmatched.getUnmatched().getFirst();
    if (word.startsWith("-")) {
      List<String> flags =
          command.getCommandSpec().options().stream()
              .map(option -> option.longestName())
              .sorted()
              .toList();
      return "there is no flag " + word + Nearest.hint(word, flags);
    }
    if (command.getSubcommands().isEmpty()) {
      return "\"%s\" stands where nothing is expected".formatted(word);
    }
    var commands = new ArrayList<>(command.getSubcommands().keySet());
    commands.addAll(ELSEWHERE);
    return "there is no command " + word + Nearest.hint(word, commands);
  }
}
