package io.pulsegate.server;

import io.pulsegate.log.LogException;
import io.pulsegate.log.OfflineLog;
import io.pulsegate.log.RealDisk;
import io.pulsegate.log.SegmentReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/// What the commands that work on a data folder without a server have in common.
final class LogTools {
  /// Exit code: something in the log is damaged.
  static final int DAMAGED = 3;

  /// Reported among the segments where it is damaged.
  private static final String IDENTITY = "log.id";

  private LogTools() {}

  /// What is done with a log.
  @FunctionalInterface
  interface Work<T> {
    T on(OfflineLog log) throws IOException;
  }

  /// The folder of the log in a data folder.
  static Path logFolder(Path data) throws StartException {
    Path folder = data.resolve("log");
    if (!Files.isDirectory(folder)) {
      throw new StartException(
          "%s is not a data folder of PulseGate: it has no folder log".formatted(data));
    }
    return folder;
  }

  /// Looks at the log of a data folder that no server uses.
  static <T> T look(Path data, Work<T> work) throws StartException {
    try (OfflineLog log = OfflineLog.open(RealDisk.buffered(logFolder(data)))) {
      return work.on(log);
    } catch (LogException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new StartException("the output cannot be written: " + e.getMessage(), e);
    }
  }

  /// One line for each segment.
  static String table(List<SegmentReport> segments) {
    var text = new StringBuilder();
    line(text, "segment", "state", "frames", "offsets", "last received", "MiB", "damaged", "torn");
    for (SegmentReport segment : segments) {
      boolean readable = segment.state() != SegmentReport.State.UNREADABLE;
      line(
          text,
          segment.name(),
          segment.state().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          readable ? Long.toString(segment.frames()) : "?",
          readable ? "%d-%d".formatted(segment.firstOffset(), segment.endOffset()) : "?",
          readable ? time(segment.lastMicros()) : "?",
          "%.1f".formatted(segment.fileBytes() / 1048576.0),
          segment.isDamaged()
              ? "%d frames, %d bytes".formatted(segment.damagedFrames(), segment.damagedBytes())
              : "-",
          segment.tornBytes() == 0 ? "-" : segment.tornBytes() + " bytes");
    }
    return text.toString();
  }

  private static void line(StringBuilder text, Object... cells) {
    text.append("%-35s %-11s %9s  %-25s %-20s %8s  %-24s %s%n".formatted(cells).stripTrailing())
        .append(System.lineSeparator());
  }

  private static String time(long micros) {
    return micros == 0
        ? "-"
        : Instant.EPOCH.plus(micros, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /// The sums of a table, and what they mean.
  static String summary(List<SegmentReport> segments) {
    long frames = segments.stream().mapToLong(SegmentReport::frames).sum();
    long bytes = segments.stream().mapToLong(SegmentReport::fileBytes).sum();
    long damaged = segments.stream().filter(SegmentReport::isDamaged).count();
    long lost = segments.stream().mapToLong(SegmentReport::damagedFrames).sum();
    long torn = segments.stream().mapToLong(SegmentReport::tornBytes).sum();
    var text =
        new StringBuilder(
            "%d segments, %d good frames, %.1f MiB; %d files damaged, %d frames lost in them, %d bytes of a torn tail%n"
                .formatted(
                    segments.stream().filter(LogTools::isSegment).count(),
                    frames,
                    bytes / 1048576.0,
                    damaged,
                    lost,
                    torn));
    if (damaged > 0) {
      text.append(
          stopsTheStart(segments)
              ? "The server does not start with this. Restore the unreadable file from a backup, or run: pulsegate log repair%n"
                  .formatted()
              : "The server starts all the same and passes over what is damaged. Restore the files from a backup, or run: pulsegate log repair%n"
                  .formatted());
    }
    if (torn > 0) {
      text.append(
          "A torn tail was never acknowledged; the next start seals the log before it.%n"
              .formatted());
    }
    return text.toString();
  }

  /// The log's identity and its newest segment have to be readable: they say where the log goes on.
  private static boolean stopsTheStart(List<SegmentReport> segments) {
    return segments.stream()
        .filter(file -> file.state() == SegmentReport.State.UNREADABLE)
        .anyMatch(file -> !isSegment(file) || file.equals(segments.getLast()));
  }

  private static boolean isSegment(SegmentReport file) {
    return !file.name().equals(IDENTITY);
  }

  static boolean anyDamaged(List<SegmentReport> segments) {
    return segments.stream().anyMatch(SegmentReport::isDamaged);
  }
}
