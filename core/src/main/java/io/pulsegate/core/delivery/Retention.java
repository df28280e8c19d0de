package io.pulsegate.core.delivery;

import io.pulsegate.core.IngestionLog;
import io.pulsegate.log.LogState;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// Lets the log go of what nobody needs: nothing above the lowest place that any sink's durable
/// cursor needs, and nothing that deduplication must find after a restart. A sink whose cursor is
/// not known needs everything.
///
/// **While the disk is full, new events count for more than the memory of old ids**: what every
/// sink has goes, and deduplication reaches back less far after the next restart.
final class Retention {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final long NEEDS_ALL = -1;
  private static final long LOOK_NANOS = 1_000_000_000;

  private final IngestionLog log;
  private final int partition;
  private final LongSupplier windowStart;
  private final Map<String, Long> needed = new ConcurrentHashMap<>();
  private final Signal signal = new Signal();
  private final Thread thread;
  private long gaveUpBelow;
  private volatile boolean stopping;
  private volatile boolean due;

  Retention(IngestionLog log, int partition, Collection<String> sinks, LongSupplier windowStart) {
    this.log = log;
    this.partition = partition;
    this.windowStart = windowStart;
    sinks.forEach(sink -> needed.put(sink, NEEDS_ALL));
    this.thread = Thread.ofVirtual().name("pulsegate-retention").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /// The sink's durable cursor needs nothing below.
  void release(String sink, long below) {
    needed.put(sink, below);
    due = true;
    signal.send();
  }

  /// The sink's cursor is not known any more.
  void unknown(String sink) {
    needed.put(sink, NEEDS_ALL);
  }

  /// Nothing is needed for it any more.
  void forget(String sink) {
    needed.remove(sink);
    due = true;
    signal.send();
  }

  private void run() {
    long trimmed = 0;
    try {
      while (!stopping) {
        signal.await(() -> due || stopping, LOOK_NANOS);
        due = false;
        long below = below();
        if (!stopping && below > trimmed) {
          trimmed = trim(below) ? below : trimmed;
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  private long below() {
    long window = windowStart.getAsLong();
    long settled = needed.values().stream().reduce(log.end(partition), Math::min);
    if (settled <= window || log.state().status() != LogState.Status.DISK_FULL) {
      return Math.min(settled, window);
    }
    if (settled > gaveUpBelow) {
      gaveUpBelow = settled;
      LOGGER.log(
          Level.WARNING,
          "the disk is full: what all sinks have is taken out of the log, up to offset {0}; ids below are not known as duplicates after a restart",
          Long.toString(settled));
    }
    return settled;
  }

  private boolean trim(long below) {
    try {
      log.trim(partition, below);
      return true;
    } catch (RuntimeException e) {
      LOGGER.log(
          Level.ERROR,
          "old segments could not be deleted, they stay until the next try: below={0} cause={1}",
          Long.toString(below),
          e.getMessage());
      return false;
    }
  }

  /// Ends the thread.
  Thread stop() {
    stopping = true;
    signal.send();
    return thread;
  }
}
