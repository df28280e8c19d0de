package io.pulsegate.server;

import io.pulsegate.log.LogCopy;
import io.pulsegate.log.RealDisk;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pulsegate backup` and `pulsegate clone`: two ways to copy a data folder.
abstract sealed class CopyCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR", description = "The data folder of a stopped server.")
  private Path data = Path.of("");

  @Parameters(index = "1", paramLabel = "COPY", description = "A folder that does not exist yet.")
  private Path copy = Path.of("");

  /// Copies and finishes; returns what to say.
  abstract String copy(Path data, Path copy) throws StartException;

  @Override
  public Integer call() throws StartException {
    PrintWriter out = spec.commandLine().getOut();
    out.println(copy(data, copy));
    out.flush();
    return 0;
  }

  /// `pulsegate backup DIR COPY`.
  @Command(
      name = "backup",
      description = {
        "Copy the data folder of a stopped server, to be put back in its place when it is lost.",
        "The copy is the same log; what it takes in after it was put back gets offsets that the",
        "original never used."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:copied and synced", "1:it cannot be done", "2:wrong usage"})
  static final class Backup extends CopyCommand {
    @Override
    String copy(Path data, Path copy) throws StartException {
      Path made =
          FolderCopy.make(
              data, copy, partial -> LogCopy.goOnApart(RealDisk.buffered(partial.resolve("log"))));
      return "backup made: " + made;
    }
  }

  /// `pulsegate clone DIR COPY`.
  @Command(
      name = "clone",
      description = {
        "Copy the data folder of a stopped server, to run beside it.",
        "The copy is another log, so every sink begins at its start: give it destinations of its",
        "own."
      },
      mixinStandardHelpOptions = true,
      exitCodeListHeading = "%nExit codes:%n",
      exitCodeList = {"0:copied and synced", "1:it cannot be done", "2:wrong usage"})
  static final class Clone extends CopyCommand {
    @Override
    String copy(Path data, Path copy) throws StartException {
      UUID id = UUID.randomUUID();
      Path made =
          FolderCopy.make(
              data,
              copy,
              partial -> LogCopy.becomeAnother(RealDisk.buffered(partial.resolve("log")), id));
      return "clone made: %s, log %s".formatted(made, id);
    }
  }
}
