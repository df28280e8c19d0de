package io.pulsegate.core.delivery;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.ReplaySpec;
import io.pulsegate.log.LogState;
import io.pulsegate.log.Needs;
import io.pulsegate.log.Totals;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// The log as a replay sees it: it begins and ends where the replay does, and has one lane only
/// where only one is asked for.
final class ReplayView implements IngestionLog {
  private final IngestionLog log;
  private final ReplaySpec spec;
  private final Map<LaneKey, Totals> totalsAtEnd;

  ReplayView(IngestionLog log, int partition, ReplaySpec spec) {
    this.log = log;
    this.spec = spec;
    this.totalsAtEnd = totalsAt(partition, spec.until());
  }

  @Override
  public String id() {
    return log.id();
  }

  @Override
  public int maxBlockBytes() {
    return log.maxBlockBytes();
  }

  @Override
  public boolean append(
      LaneKey lane, Optional<String> partitionKey, EventBlock block, AppendCompletion completion) {
    throw new UnsupportedOperationException("a replay only reads");
  }

  @Override
  public BlockReader open(int partition, long from, long until, Optional<LaneKey> lane) {
    long end = Math.min(until, spec.until());
    if (spec.lane().isEmpty()) {
      return log.open(partition, from, end, lane);
    }
    return new OwnTotals(log.open(partition, from, end, spec.lane()));
  }

  /// Has the totals of all lanes be those of the only one.
  private record OwnTotals(BlockReader reader) implements BlockReader {
    @Override
    public List<LogBlock> poll(int maxBytes) {
      return reader.poll(maxBytes).stream().map(OwnTotals::own).toList();
    }

    private static LogBlock own(LogBlock block) {
      return new LogBlock(
          block.partition(),
          block.lane(),
          block.firstOffset(),
          block.receivedAtMicros(),
          block.block(),
          block.laneAfter(),
          block.logBefore(),
          block.laneAfter());
    }

    @Override
    public long offset() {
      return reader.offset();
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  @Override
  public long start(int partition) {
    return Math.min(spec.until(), Math.max(spec.from(), log.start(partition)));
  }

  @Override
  public long end(int partition) {
    return spec.until();
  }

  @Override
  public long endAtOpen(int partition) {
    return spec.until();
  }

  /// The end never moves: waits for the time to pass, or the log to end.
  @Override
  public long awaitEnd(int partition, long beyond, long timeoutNanos) throws InterruptedException {
    if (spec.until() <= beyond) {
      long _ = log.awaitEnd(partition, Long.MAX_VALUE, timeoutNanos);
    }
    return spec.until();
  }

  @Override
  public long oldest(int partition) {
    return Math.min(spec.until(), Math.max(spec.from(), log.oldest(partition)));
  }

  @Override
  public long release(int partition, Needs needs) {
    throw new UnsupportedOperationException("a replay only reads");
  }

  @Override
  public Space space(int partition) {
    return log.space(partition);
  }

  @Override
  public OptionalLong timeToOffset(int partition, Instant time) {
    return log.timeToOffset(partition, time);
  }

  @Override
  public Totals totals(int partition) {
    long entries = 0;
    long bytes = 0;
    for (Totals totals : totalsAtEnd.values()) {
      entries += totals.entries();
      bytes += totals.bytes();
    }
    return new Totals(entries, bytes);
  }

  @Override
  public Totals totals(int partition, LaneKey lane) {
    return totalsAtEnd.getOrDefault(lane, Totals.ZERO);
  }

  @Override
  public Map<LaneKey, Totals> totalsAt(int partition, long offset) {
    var totals = new HashMap<>(log.totalsAt(partition, offset));
    spec.lane().ifPresent(only -> totals.keySet().removeIf(lane -> !lane.equals(only)));
    return totals;
  }

  @Override
  public void own(Ownership listener) {
    log.own(listener);
  }

  @Override
  public LogState state() {
    return log.state();
  }

  @Override
  public long pendingBytes() {
    return log.pendingBytes();
  }

  @Override
  public void onFailure(Consumer<String> handler) {
    log.onFailure(handler);
  }

  /// The log is not its own.
  @Override
  public void close() {}
}
