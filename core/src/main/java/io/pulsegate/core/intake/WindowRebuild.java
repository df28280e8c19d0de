package io.pulsegate.core.intake;

import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.LogBlock;
import java.util.List;
import java.util.Optional;

/// Fills a [Deduplicator] from the log at start, before anything is accepted.
public final class WindowRebuild {
  private static final int POLL_BYTES = 4 << 20;
  private static final long CLOSE_ENOUGH_OFFSETS = 1_024;

  private WindowRebuild() {}

  /// Reads the end of the log, as far back as the window may reach, and enters its keys.
  public static void run(IngestionLog log, int partition, Deduplicator deduplicator) {
    long from = begin(log, partition, deduplicator.pinnedLogBytes());
    try (var reader = log.open(partition, from, Optional.empty())) {
      List<LogBlock> blocks = reader.poll(POLL_BYTES);
      while (!blocks.isEmpty()) {
        for (LogBlock block : blocks) {
          deduplicator.restore(block.lane(), block.block(), block.firstOffset());
        }
        blocks = reader.poll(POLL_BYTES);
      }
    }
  }

  /// An offset that has at least so many live bytes behind it, or the log's start; found by looking
  /// at single frames, so that the time does not grow with the log.
  private static long begin(IngestionLog log, int partition, long bytes) {
    long target = log.totals(partition).bytes() - bytes;
    long low = log.start(partition);
    long high = log.end(partition);
    while (high - low > CLOSE_ENOUGH_OFFSETS) {
      long middle = low + (high - low) / 2;
      if (bytesBefore(log, partition, middle).orElse(Long.MAX_VALUE) <= target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static Optional<Long> bytesBefore(IngestionLog log, int partition, long offset) {
    try (var reader = log.open(partition, offset, Optional.empty())) {
      return reader.poll(1).stream().findFirst().map(block -> block.logBefore().bytes());
    }
  }
}
