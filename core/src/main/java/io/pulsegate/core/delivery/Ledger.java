package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.LaneKey;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/// Whether what a sink's cursor has passed adds up: **what the log counts as accepted up to there,
/// less what it counted where the sink began, is delivered, a dead letter, or dropped**. The log's
/// count comes from the running totals in its frames, the other from the cursor record; neither is
/// made of the other. Written by the head's thread, read by any.
final class Ledger {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");

  private final String sink;
  private final LongConsumer save;
  private final Map<LaneKey, Long> ofLanes = new ConcurrentHashMap<>();
  private volatile OptionalLong base;
  private volatile Optional<Checked> last = Optional.empty();

  /// A record and what the log counts of what it has passed.
  ///
  /// @param settled entries since the sink began
  /// @param gap entries passed that nothing became of; less than nothing where more became of them
  ///   than there were. 0 while all adds up
  record Checked(CursorRecord record, long settled, long gap) {}

  /// @param base what the log had counted where the sink began; empty where that is not known yet
  /// @param save makes it durable
  Ledger(String sink, OptionalLong base, LongConsumer save) {
    this.sink = sink;
    this.base = base;
    this.save = save;
  }

  /// What has become of entries so far, as the record counts them.
  private static long counted(CursorRecord record) {
    return record.delivered() + record.deadLettered() + record.dropped();
  }

  /// The cursor is known: from here on it is checked, where it was not before.
  void begin(long settledNow, CursorRecord record) {
    if (base.isEmpty()) {
      long first = settledNow - counted(record);
      save.accept(first);
      base = OptionalLong.of(first);
    }
    check(settledNow, record);
  }

  /// Entries between the record and a place above it, which the log has not any more; empty where
  /// that cannot be told.
  OptionalLong missing(long settledThere, CursorRecord record) {
    OptionalLong known = base;
    return known.isPresent()
        ? OptionalLong.of(Math.max(0, settledThere - known.getAsLong() - counted(record)))
        : OptionalLong.empty();
  }

  /// @param settledNow what the log counts of what the cursor has passed
  void check(long settledNow, CursorRecord record) {
    long since = settledNow - base.orElse(settledNow - counted(record));
    long gap = since - counted(record);
    long before = last.map(Checked::gap).orElse(0L);
    last = Optional.of(new Checked(record, since, gap));
    if (gap != before) {
      tell(gap, record);
    }
  }

  private void tell(long now, CursorRecord record) {
    if (now == 0) {
      LOGGER.log(Level.INFO, "sink {0}: what it was to take adds up again", sink);
      return;
    }
    LOGGER.log(
        Level.ERROR,
        now > 0
            ? "sink {0} has passed {1} events, up to offset {2}, that are neither delivered, nor dead letters, nor dropped: they were lost on this machine. See pulsegate_log_damaged_frames and the lines before this one; pulsegate log verify finds damaged files"
            : "sink {0} has counted {1} events more than the log has, up to offset {2}: some were delivered twice, or its cursor was changed from outside",
        sink,
        Long.toString(Math.abs(now)),
        Long.toString(record.head()));
  }

  /// One lane's part of a turn: what the log counts, and what became of it.
  void checkLane(LaneKey lane, long passed, long counted) {
    if (passed != counted) {
      ofLanes.merge(lane, passed - counted, Long::sum);
    }
  }

  /// What was checked last; empty before the cursor was read.
  Optional<Checked> last() {
    return last;
  }

  /// What the log had counted where the sink began.
  long base() {
    return base.orElse(0);
  }

  /// As [Checked#gap], of one lane, since the start.
  long gapOf(LaneKey lane) {
    return ofLanes.getOrDefault(lane, 0L);
  }
}
