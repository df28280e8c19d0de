package io.pulsegate.core.intake;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.log.LogState;
import io.pulsegate.log.Needs;
import io.pulsegate.log.Totals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A log that takes appends and leaves it to the test what becomes of them; nothing can be read.
public final class HandLog implements IngestionLog {
  /// What [#append] does with a completion; false refuses.
  interface Appender {
    boolean append(EventBlock block, AppendCompletion completion);
  }

  /// Where it ends.
  public long end;

  /// Taken and not settled yet.
  final List<AppendCompletion> waiting = new ArrayList<>();

  Appender appender =
      (block, completion) -> {
        waiting.add(completion);
        return true;
      };

  @Override
  public boolean append(
      LaneKey lane, Optional<String> partitionKey, EventBlock block, AppendCompletion completion) {
    return appender.append(block, completion);
  }

  @Override
  public String id() {
    return "hand";
  }

  @Override
  public int maxBlockBytes() {
    return 32 << 10;
  }

  @Override
  public long start(int partition) {
    return 0;
  }

  @Override
  public long end(int partition) {
    return end;
  }

  @Override
  public long endAtOpen(int partition) {
    return 0;
  }

  @Override
  public long awaitEnd(int partition, long beyond, long timeoutNanos) {
    return 0;
  }

  @Override
  public long oldest(int partition) {
    return 0;
  }

  @Override
  public long release(int partition, Needs needs) {
    return 0;
  }

  @Override
  public Space space(int partition) {
    return new Space(0, 0, 0);
  }

  @Override
  public OptionalLong timeToOffset(int partition, Instant time) {
    return OptionalLong.empty();
  }

  @Override
  public Totals totals(int partition) {
    return Totals.ZERO;
  }

  @Override
  public Totals totals(int partition, LaneKey lane) {
    return Totals.ZERO;
  }

  @Override
  public Map<LaneKey, Totals> totalsAt(int partition, long offset) {
    return Map.of();
  }

  @Override
  public BlockReader open(int partition, long from, long until, Optional<LaneKey> lane) {
    throw new UnsupportedOperationException("nothing can be read");
  }

  @Override
  public void own(Ownership listener) {}

  @Override
  public LogState state() {
    return new LogState(LogState.Status.ACCEPTING, "");
  }

  @Override
  public long pendingBytes() {
    return 0;
  }

  @Override
  public void onFailure(Consumer<String> handler) {}

  @Override
  public void close() {}
}
