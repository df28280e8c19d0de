package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Metrics;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.RetentionPolicy;
import io.pulsegate.log.LogState;
import io.pulsegate.log.Needs;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Lets the log go of what nobody needs: nothing that any sink's durable cursor needs, head or
/// straggler, and nothing that deduplication must find after a restart. A sink whose cursor is not
/// known needs everything. What nobody needs stays for those who want it again, as the policy says,
/// while the disk has room.
///
/// **While the disk is full, new events count for more than the memory of old ids**: what every
/// sink has goes, and deduplication reaches back less far after the next restart.
final class Retention {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final long LOOK_NANOS = 1_000_000_000;

  /// A segment is given up for copies of what stragglers need when that is no more of it.
  private static final double PARK_SHARE = 0.25;

  private static final double PARK_SHARE_WHEN_SHORT = 0.75;

  private final IngestionLog log;
  private final int partition;
  private final LongSupplier windowStart;
  private final RetentionPolicy policy;
  private final Supplier<Duration> reach;
  private final ClockWatch clock;
  private final OutageHours outage;
  private final Map<String, Optional<CursorRecord>> cursors = new ConcurrentHashMap<>();
  private final Signal signal = new Signal();
  private final Thread thread;
  private long gaveUpBelow;
  private volatile long spareBytes;
  private volatile boolean stopping;
  private volatile boolean due;
  private volatile Runnable besides = () -> {};

  /// @param reach how far back tenants want their events replayed, where that is further
  Retention(
      IngestionLog log,
      int partition,
      Collection<String> sinks,
      LongSupplier windowStart,
      RetentionPolicy policy,
      Supplier<Duration> reach,
      InstantSource clock,
      Metrics metrics) {
    this.log = log;
    this.partition = partition;
    this.windowStart = windowStart;
    this.policy = policy;
    this.reach = reach;
    this.clock = new ClockWatch(clock, System::nanoTime, policy.replayTime());
    this.outage = new OutageHours(System::nanoTime, log.totals(partition).bytes());
    sinks.forEach(this::unknown);
    this.thread = Thread.ofVirtual().name("pulsegate-retention").unstarted(this::run);
    metrics.gauge(CoreMetric.LOG_FREE_BYTES, () -> log.space(partition).freeBytes());
    metrics.gauge(CoreMetric.LOG_SPARE_BYTES, () -> spareBytes);
    metrics.gauge(
        CoreMetric.LOG_OUTAGE_HOURS,
        () -> outage.left(Math.max(0, log.space(partition).freeBytes()) + spareBytes));
    metrics.gauge(CoreMetric.CLOCK_IN_DOUBT, () -> this.clock.isInDoubt() ? 1 : 0);
  }

  /// @param besides done at every look, before the log is let go of
  void start(Runnable besides) {
    this.besides = besides;
    thread.start();
  }

  /// How much payload may wait for the slowest sink, and how much does: for the hours left.
  void limitBacklog(long bytesMax, LongSupplier backlogBytes) {
    outage.limit(bytesMax, backlogBytes);
  }

  /// The sink's durable cursor is there, and needs nothing else.
  void release(String sink, CursorRecord durable) {
    cursors.put(sink, Optional.of(durable));
    due = true;
    signal.send();
  }

  /// The sink's cursor is not known any more.
  void unknown(String sink) {
    cursors.put(sink, Optional.empty());
  }

  /// Nothing is needed for it any more.
  void forget(String sink) {
    cursors.remove(sink);
    due = true;
    signal.send();
  }

  private void run() {
    try {
      while (!stopping) {
        signal.await(() -> due || stopping, LOOK_NANOS);
        due = false;
        if (!stopping) {
          look();
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /// Does now what it does every second.
  void look() {
    try {
      clock.look();
      IngestionLog.Space space = log.space(partition);
      outage.passed(space.writtenBytes(), log.totals(partition).bytes());
      if (!clock.isInDoubt()) {
        besides.run();
      }
      spareBytes = log.release(partition, needs(space));
    } catch (RuntimeException e) {
      LOGGER.log(
          Level.ERROR,
          "old segments could not be deleted, they stay until the next try: cause={0}",
          e.getMessage());
    }
  }

  /// What is needed now. Where space is short, nothing else is kept, and clocks do not matter.
  Needs needs(IngestionLog.Space space) {
    boolean isShort = space.freeBytes() < space.lowBytes();
    List<Optional<CursorRecord>> known = List.copyOf(cursors.values());
    long keepFrom =
        isShort
            ? Long.MAX_VALUE
            : clock.isInDoubt()
                ? Long.MIN_VALUE
                : clock.nowMicros() - keptTime().toMillis() * 1_000;
    return new Needs(
        below(known),
        stragglers(known),
        keepFrom,
        policy.replayBytesMax(),
        isShort ? PARK_SHARE_WHEN_SHORT : PARK_SHARE);
  }

  private Duration keptTime() {
    Duration wanted = reach.get();
    return wanted.compareTo(policy.replayTime()) > 0 ? wanted : policy.replayTime();
  }

  private static Map<String, Long> stragglers(List<Optional<CursorRecord>> known) {
    Map<String, Long> from = new HashMap<>();
    for (Optional<CursorRecord> cursor : known) {
      for (CursorRecord.Straggler each : cursor.map(CursorRecord::stragglers).orElse(List.of())) {
        from.merge(each.lane().toString(), each.from(), Math::min);
      }
    }
    return from;
  }

  private long below(List<Optional<CursorRecord>> known) {
    long window = windowStart.getAsLong();
    long settled = log.end(partition);
    for (Optional<CursorRecord> cursor : known) {
      settled = Math.min(settled, cursor.map(CursorRecord::head).orElse(0L));
    }
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

  /// Ends the thread.
  Thread stop() {
    stopping = true;
    signal.send();
    return thread;
  }
}
