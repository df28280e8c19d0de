package io.pulsegate.sinks.kafka;

import io.pulsegate.api.CursorKey;
import io.pulsegate.api.LaneKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Entries of one write that the brokers have acknowledged although the write was not delivered as
/// a whole: others were rejected, or the brokers went away. They are as safe as any that were
/// delivered, and come again with the same batch. Only the very next write looks at them; whatever
/// comes later, or to another sink, is sent as it is given.
final class Acknowledged {
  private record Lane(CursorKey key, LaneKey lane) {}

  private final Map<Lane, Set<Long>> offsets = new HashMap<>();

  /// Whether an entry need not be sent.
  boolean contains(CursorKey key, LaneKey lane, long offset) {
    Set<Long> ofLane = offsets.get(new Lane(key, lane));
    return ofLane != null && ofLane.contains(offset);
  }

  /// Whether there is nothing at all.
  boolean isEmpty() {
    return offsets.isEmpty();
  }

  void add(CursorKey key, LaneKey lane, long offset) {
    offsets.computeIfAbsent(new Lane(key, lane), _ -> new HashSet<>()).add(offset);
  }
}
