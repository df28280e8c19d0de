package io.pulsegate.server.systems;

import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.LaneKey;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.LogBlock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// The newest events of the log: what is durable, whatever sinks make of it.
final class RecentEvents {
  private static final int PARTITION = 0;
  private static final int POLL_BYTES = 1 << 20;

  /// How far back one look goes at most, in entries.
  private static final long OFFSETS_MAX = 1 << 20;

  private final IngestionLog log;

  RecentEvents(IngestionLog log) {
    this.log = log;
  }

  /// Events that were taken since the log was made, duplicates not counted.
  ///
  /// @param lane of one tenant alone; empty for all
  long count(Optional<LaneKey> lane) {
    return lane.map(one -> log.totals(PARTITION, one))
        .orElseGet(() -> log.totals(PARTITION))
        .entries();
  }

  /// The newest events, newest first; looks back over a million entries at most.
  List<Event> newest(int limit, Optional<LaneKey> lane) {
    long end = log.end(PARTITION);
    long start = log.start(PARTITION);
    for (long span = Math.max(64, 4L * limit); ; span *= 4) {
      long from = Math.max(start, end - span);
      Deque<Event> found = read(from, end, limit, lane);
      if (found.size() >= limit || from == start || span >= OFFSETS_MAX) {
        return List.copyOf(found);
      }
    }
  }

  private Deque<Event> read(long from, long end, int limit, Optional<LaneKey> lane) {
    Deque<Event> found = new ArrayDeque<>();
    try (var reader = log.open(PARTITION, from, end, lane)) {
      List<LogBlock> blocks = reader.poll(POLL_BYTES);
      while (!blocks.isEmpty()) {
        for (LogBlock block : blocks) {
          take(block, found, limit);
        }
        blocks = reader.poll(POLL_BYTES);
      }
    }
    return found;
  }

  private static void take(LogBlock block, Deque<Event> found, int limit) {
    EventBlock events = block.block();
    for (int i = 0; i < events.count(); i++) {
      if ((events.flags(i) & EventFlag.DUPLICATE) == 0) {
        found.addFirst(Event.of(events, i, block.lane().tenant(), block.receivedAtMicros()));
        if (found.size() > limit) {
          found.removeLast();
        }
      }
    }
  }
}
