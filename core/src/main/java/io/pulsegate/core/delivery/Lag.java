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

  /// A lane's totals at a straggler's place: those before its next block, as other blocks before
  /// may be gone.
  Totals laneAt(LaneKey lane, long offset) {
    try (BlockReader reader = log.open(partition, offset, Optional.of(lane))) {
      return reader.poll(1).stream()
          .findFirst()
          .map(next -> next.laneAfter().minus(next.logAfter().minus(next.logBefore())))
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
