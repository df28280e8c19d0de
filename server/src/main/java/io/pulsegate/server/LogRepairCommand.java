package io.pulsegate.server;

import io.pulsegate.log.LogConfig;
import io.pulsegate.log.LogException;
import io.pulsegate.log.LogRepair;
import io.pulsegate.log.RealDisk;
import io.pulsegate.log.SegmentReport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pulsegate log repair DIR`.
@Command(
    name = "repair",
    description = {
      "Seal a torn tail, set damaged bytes aside in the folder log.damaged, keep everything else.",
      "Says what it would do, unless told where to do it."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing was damaged, or it is repaired",
      "1:it cannot be done",
      "2:wrong usage",
      "3:something is damaged, and nothing was changed"
    })
final class LogRepairCommand implements Callable<Integer> {
  static final String ASIDE = "log.damaged";

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "A data folder.")
  private Path data = Path.of("");

  @Option(names = "--yes", description = "Repair the folder itself.")
  private boolean inPlace;

  @Option(
      names = "--to",
      paramLabel = "COPY",
      description = "Copy the data folder there and repair the copy.")
  private Optional<Path> copy = Optional.empty();

  @Override
  public Integer call() throws StartException {
    PrintWriter out = spec.commandLine().getOut();
    if (inPlace && copy.isPresent()) {
      spec.commandLine().getErr().println("pulsegate: either --yes or --to, not both");
      return 2;
    }
    if (!inPlace && copy.isEmpty()) {
      return look(out);
    }
    Path folder = data;
    if (copy.isPresent()) {
      folder = FolderCopy.make(data, copy.get(), _ -> {});
    }
    LogRepair.Outcome outcome = repair(folder);
    outcome.setAside().forEach(file -> out.printf("set aside: %s/%s%n", ASIDE, file));
    out.printf(
        "%d segments mended, %d frames lost with what was damaged, %d bytes of a torn tail sealed off%n",
        outcome.mendedSegments(), outcome.lostFrames(), outcome.tornBytes());
    out.flush();
    return 0;
  }

  private int look(PrintWriter out) throws StartException {
    List<SegmentReport> segments = LogTools.look(data, log -> log.verify());
    out.print(LogTools.table(segments));
    out.print(LogTools.summary(segments));
    boolean damaged = LogTools.anyDamaged(segments);
    if (damaged) {
      out.println("Nothing was changed. Repair it in place with --yes, or a copy with --to COPY.");
    }
    out.flush();
    return damaged ? LogTools.DAMAGED : 0;
  }

  private static LogRepair.Outcome repair(Path folder) throws StartException {
    try {
      return new LogRepair(
              RealDisk.buffered(LogTools.logFolder(folder)),
              RealDisk.buffered(folder.resolve(ASIDE)),
              LogConfig.defaults(),
              InstantSource.system(),
              new SecureRandom())
          .run();
    } catch (LogException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }
}
