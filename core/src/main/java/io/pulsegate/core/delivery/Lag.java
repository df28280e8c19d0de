package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.LaneKey;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.BlockReader;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.log.Totals;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// How far a head is behind, by subtracting running totals. Written by the head's thread, read by
/// any.
final class Lag {
  private final IngestionLog log;
  private final int partition;
  private volatile Map<LaneKey, Totals> lanesAtHead = new ConcurrentHashMap<>();
  private volatile Totals atHead = Totals.ZERO;

  // Where the head stands within a block: whose it is, and what of it is below the head. Of the
  // head's thread.
  private Optional<LaneKey> withinLane = Optional.empty();
  private int withinEntries;

  Lag(IngestionLog log, int partition) {
    this.log = log;
    this.partition = partition;
  }

  void begin(CursorRecord record) {
    // Others go on to see the old one until the new one is whole: in between, every tenant would
    // seem to be behind by all it ever sent.
    var lanes = new ConcurrentHashMap<>(log.totalsAt(partition, record.head()));
    atHead = sum(lanes.values());
    lanesAtHead = lanes;
    within(Optional.empty(), record.head());
  }

  /// The block that the head stands in, where it stands in one.
  void within(Optional<LogBlock> block, long head) {
    withinLane = block.map(LogBlock::lane);
    withinEntries = block.map(each -> each.liveBelow(head)).orElse(0);
  }

  /// Live entries of a lane below the head, those of a block that it stands in included.
  long exactlyAtHead(LaneKey lane) {
    return laneAtHead(lane).entries()
        + (withinLane.filter(lane::equals).isPresent() ? withinEntries : 0);
  }

  /// Live entries of all lanes below the head that are not still before a straggler.
  long settled(Map<LaneKey, Source> stragglers) {
    long settled = atHead.entries();
    if (withinLane.isPresent() && !stragglers.containsKey(withinLane.get())) {
      settled += withinEntries;
    }
    for (Source straggler : stragglers.values()) {
      settled += straggler.at.entries() - laneAtHead(straggler.lane.orElseThrow()).entries();
    }
    return settled;
  }

  /// What [#settled] would be with another record.
  long settledAt(CursorRecord record) {
    Map<LaneKey, Totals> lanes = log.totalsAt(partition, record.head());
    long settled = sum(lanes.values()).entries();
    for (CursorRecord.Straggler each : record.stragglers()) {
      settled +=
          laneAt(each.lane(), each.from()).entries()
              - lanes.getOrDefault(each.lane(), Totals.ZERO).entries();
    }
    return settled;
  }

  void passed(LogBlock block) {
    lanesAtHead.put(block.lane(), block.laneAfter());
    atHead = block.logAfter();
  }

  /// Entries that the head has not passed.
  long entriesBeforeHead() {
    return log.totals(partition).minus(atHead).entries();
  }

  Totals laneAtHead(LaneKey lane) {
    return lanesAtHead.getOrDefault(lane, Totals.ZERO);
  }

  /// A lane's totals at a straggler's place, told by its next block, as other blocks before may be
  /// gone.
  Totals laneAt(LaneKey lane, long offset) {
    try (BlockReader reader = log.open(partition, offset, Optional.of(lane))) {
      return reader.poll(1).stream()
          .findFirst()
          .map(next -> next.laneAt(offset))
          .orElseGet(() -> log.totals(partition, lane));
    }
  }

  Totals of(Collection<Source> stragglers) {
    Totals lag = log.totals(partition).minus(atHead);
    for (Source straggler : stragglers) {
      Totals behind = laneAtHead(straggler.lane.orElseThrow()).minus(straggler.at);
      lag = new Totals(lag.entries() + behind.entries(), lag.bytes() + behind.bytes());
    }
    return new Totals(Math.max(0, lag.entries()), Math.max(0, lag.bytes()));
  }

  private static Totals sum(Collection<Totals> all) {
    long entries = 0;
    long bytes = 0;
    for (Totals totals : all) {
      entries += totals.entries();
      bytes += totals.bytes();
    }
    return new Totals(entries, bytes);
  }
}
