package io.pulsegate.sinks.webhook;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.LaneKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/// What this process knows about messages whose batch is not committed yet: which offsets the
/// endpoint has, so that they are not sent again with it, and how events were put together, so that
/// a message that is tried again has the same id. After a crash nothing of it is known. Any thread.
final class Tried {
  private static final class Lane {
    final TreeSet<Long> taken = new TreeSet<>();
    final TreeMap<Long, Long> messages = new TreeMap<>();
  }

  private final Map<LaneKey, Lane> lanes = new HashMap<>();

  /// Forgets what the cursor has passed.
  synchronized void committed(CursorRecord cursor) {
    var stragglers = new HashMap<LaneKey, Long>();
    for (Straggler each : cursor.stragglers()) {
      stragglers.put(each.lane(), each.from());
    }
    lanes.forEach((key, lane) -> {
      long end = stragglers.getOrDefault(key, cursor.head());
      lane.taken.headSet(end).clear();
      lane.messages.headMap(end).clear();
    });
    lanes.values().removeIf(lane -> lane.taken.isEmpty() && lane.messages.isEmpty());
  }

  /// All of these lanes' events are with the endpoint, and the cursor follows.
  synchronized void delivered(List<LaneKey> keys) {
    keys.forEach(lanes::remove);
  }

  /// A message is about to be sent.
  synchronized void tried(LaneKey key, Message message) {
    lane(key).messages.put(firstOf(message), lastOf(message));
  }

  /// The endpoint has the message.
  synchronized void taken(LaneKey key, Message message) {
    Lane lane = lane(key);
    lane.messages.remove(firstOf(message));
    message.entries().forEach(entry -> lane.taken.add(entry.offset()));
  }

  /// The endpoint refused the message: it is cut, and does not come again as it was.
  synchronized void forget(LaneKey key, Message message) {
    lane(key).messages.remove(firstOf(message));
  }

  /// Whether the endpoint has an event.
  synchronized boolean isTaken(LaneKey key, long offset) {
    Lane lane = lanes.get(key);
    return lane != null && lane.taken.contains(offset);
  }

  /// The last offset of the message that began with this one when it was tried.
  synchronized OptionalLong lastOfMessageFrom(LaneKey key, long first) {
    Lane lane = lanes.get(key);
    Long last = lane == null ? null : lane.messages.get(first);
    return last == null ? OptionalLong.empty() : OptionalLong.of(last);
  }

  private Lane lane(LaneKey key) {
    return lanes.computeIfAbsent(key, _ -> new Lane());
  }

  private static long firstOf(Message message) {
    return message.entries().getFirst().offset();
  }

  private static long lastOf(Message message) {
    List<Entry> entries = message.entries();
    return entries.getLast().offset();
  }
}
