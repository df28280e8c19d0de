package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.LaneKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A stretch while it is being delivered: what is left of it, and what has become of the rest. It
/// ends in one move of the cursor, or in none.
final class Turn {
  private static final class LaneCount {
    long deliveredTo;
    long delivered;
    final Set<Long> dead = new HashSet<>();
    final Map<Long, String> dropped = new HashMap<>();
  }

  private final Map<LaneKey, LaneCount> counts = new HashMap<>();
  private final Map<LaneKey, Long> fallen = new LinkedHashMap<>();
  private final Stretch original;
  private final boolean ofHead;
  private Stretch rest;

  Turn(Prepared prepared, boolean ofHead) {
    this.original = prepared.original();
    this.rest = prepared.out();
    this.ofHead = ofHead;
  }

  /// All of it, as it stands in the log.
  Stretch original() {
    return original;
  }

  /// What is still to be written.
  Stretch rest() {
    return rest;
  }

  /// The lanes that fell out on the way.
  Map<LaneKey, Long> fallen() {
    return fallen;
  }

  /// Only this much of it is tried now.
  void narrow(Stretch part) {
    rest = part;
  }

  /// The lane's events below the offset are at the destination.
  ///
  /// @return whether that is more than before
  boolean delivered(LaneKey lane, long offset) {
    int entries = rest.entriesBelow(lane, offset);
    LaneCount count = count(lane);
    count.delivered += entries;
    count.deliveredTo = Math.max(count.deliveredTo, offset);
    rest = rest.withoutBelow(lane, offset);
    return entries > 0;
  }

  /// These entries of the lane are dead letters now.
  void dead(LaneKey lane, Set<Long> offsets) {
    count(lane).dead.addAll(offsets);
    rest = rest.without(lane, offsets);
  }

  /// These entries of the lane are not wanted at the sink, for these reasons.
  void dropped(LaneKey lane, Map<Long, String> reasons) {
    count(lane).dropped.putAll(reasons);
  }

  /// The lane goes its own way from here: from behind what is delivered of it. Dead letters above
  /// come again there, and replace themselves.
  void fall(LaneKey lane) {
    LaneCount count = count(lane);
    long from = Math.max(rest.from(), count.deliveredTo);
    count.dead.removeIf(offset -> offset >= from);
    count.dropped.keySet().removeIf(offset -> offset >= from);
    if (from < rest.end()) {
      fallen.put(lane, from);
    }
    rest = rest.only(other -> !other.equals(lane));
  }

  /// Ends the turn at the offset, behind what is settled.
  void endAt(long offset) {
    rest = rest.below(offset);
  }

  private LaneCount count(LaneKey lane) {
    return counts.computeIfAbsent(lane, _ -> new LaneCount());
  }

  /// Dead letters within what the turn was narrowed to; those behind it come again and replace
  /// themselves.
  private long deadOf(LaneCount count) {
    return count.dead.stream().filter(offset -> offset < rest.end()).count();
  }

  /// The record once the rest is written as well.
  CursorRecord after(CursorRecord from) {
    long delivered = rest.entries();
    long dead = 0;
    long dropped = 0;
    for (LaneCount count : counts.values()) {
      delivered += count.delivered;
      dead += deadOf(count);
      dropped += droppedOf(count);
    }
    return new CursorRecord(
        from.fence(),
        ofHead ? rest.end() : from.head(),
        from.delivered() + delivered,
        from.deadLettered() + dead,
        from.dropped() + dropped,
        stragglersAfter(from));
  }

  private List<Straggler> stragglersAfter(CursorRecord from) {
    var stragglers = new ArrayList<>(from.stragglers());
    fallen.forEach((lane, offset) -> stragglers.add(new Straggler(lane, offset)));
    return stragglers;
  }

  /// The record once the rest of this straggler's stretch is written: it moves, and where it has
  /// caught up with the head it is no straggler any more, in the same commit.
  CursorRecord after(CursorRecord from, LaneKey straggler) {
    CursorRecord counted = after(from);
    var stragglers = new ArrayList<Straggler>();
    for (Straggler each : from.stragglers()) {
      if (!each.lane().equals(straggler)) {
        stragglers.add(each);
      } else if (rest.end() < from.head()) {
        stragglers.add(new Straggler(straggler, rest.end()));
      }
    }
    return new CursorRecord(
        counted.fence(),
        counted.head(),
        counted.delivered(),
        counted.deadLettered(),
        counted.dropped(),
        stragglers);
  }

  /// Entries delivered by lane once the rest is written.
  Map<LaneKey, Long> deliveredByLane() {
    var byLane = new HashMap<LaneKey, Long>();
    rest.lanes().keySet().forEach(lane -> byLane.merge(lane, (long) rest.entries(lane), Long::sum));
    counts.forEach((lane, count) -> byLane.merge(lane, count.delivered, Long::sum));
    return byLane;
  }

  /// Entries that something has become of, by lane, once the rest is written.
  Map<LaneKey, Long> settledByLane() {
    Map<LaneKey, Long> byLane = deliveredByLane();
    counts.forEach(
        (lane, count) -> byLane.merge(lane, deadOf(count) + droppedOf(count), Long::sum));
    return byLane;
  }

  private long droppedOf(LaneCount count) {
    return count.dropped.keySet().stream().filter(offset -> offset < rest.end()).count();
  }

  /// Entries dropped by reason.
  Map<String, Long> droppedByReason() {
    var byReason = new HashMap<String, Long>();
    counts.values().stream()
        .flatMap(count -> count.dropped.entrySet().stream())
        .filter(entry -> entry.getKey() < rest.end())
        .forEach(entry -> byReason.merge(entry.getValue(), 1L, Long::sum));
    return byReason;
  }

  /// Dead letters by lane.
  Map<LaneKey, Long> deadByLane() {
    var byLane = new HashMap<LaneKey, Long>();
    counts.forEach((lane, count) -> byLane.put(lane, deadOf(count)));
    return byLane;
  }
}
