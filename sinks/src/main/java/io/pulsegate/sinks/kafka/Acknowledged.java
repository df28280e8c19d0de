package io.pulsegate.sinks.kafka;

import io.pulsegate.api.CursorKey;
import io.pulsegate.api.LaneKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Entries that the brokers have acknowledged in writes that failed for others: when they come
/// again they are not sent a second time. Bounded: what does not fit is sent again. One thread at a
/// time.
final class Acknowledged {
  private static final int ENTRIES_MAX = 1_000_000;

  private record Lane(CursorKey key, LaneKey lane) {}

  private final Map<Lane, Set<Long>> offsets = new HashMap<>();
  private int entries;

  /// Whether an entry need not be sent.
  boolean contains(CursorKey key, LaneKey lane, long offset) {
    Set<Long> ofLane = offsets.get(new Lane(key, lane));
    return ofLane != null && ofLane.contains(offset);
  }

  /// Whether there is nothing at all.
  boolean isEmpty() {
    return entries == 0;
  }

  /// Remembers one.
  void add(CursorKey key, LaneKey lane, long offset) {
    if (entries < ENTRIES_MAX
        && offsets.computeIfAbsent(new Lane(key, lane), _ -> new HashSet<>()).add(offset)) {
      entries++;
    }
  }

  /// Forgets those of a lane that are below an offset, as they do not come again.
  void forgetBelow(CursorKey key, LaneKey lane, long offset) {
    Set<Long> ofLane = offsets.get(new Lane(key, lane));
    if (ofLane != null) {
      int before = ofLane.size();
      ofLane.removeIf(each -> each < offset);
      entries -= before - ofLane.size();
      if (ofLane.isEmpty()) {
        offsets.remove(new Lane(key, lane));
      }
    }
  }
}
