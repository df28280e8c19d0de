package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Sink;
import io.pulsegate.core.IngestionLog;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/// Where a sink's cursor is kept: in the sink where it can, else here. Head thread only, but for
/// [#open] and the call of [#atSink].
final class Place implements AutoCloseable {
  private final CursorKey key;
  private final Optional<CursorKeepingSink> keeper;
  private final LocalCursor local;
  private LocalCursor.State state;

  private Place(
      CursorKey key,
      Optional<CursorKeepingSink> keeper,
      LocalCursor local,
      LocalCursor.State state) {
    this.key = key;
    this.keeper = keeper;
    this.local = local;
    this.state = state;
  }

  /// Reads what is known here; saves where the sink begins when it is seen for the first time, so
  /// that what is accepted before it can be asked is not passed over.
  static Place open(IngestionLog log, String name, int partition, Sink sink, LocalCursor local) {
    var key = new CursorKey(log.id(), name, partition);
    Optional<CursorKeepingSink> keeper =
        sink instanceof CursorKeepingSink keeping ? Optional.of(keeping) : Optional.empty();
    Optional<LocalCursor.State> known = local.load();
    CursorRecord record =
        known
            .map(LocalCursor.State::record)
            .orElseGet(() -> CursorRecord.startingAt(log.start(partition)));
    // The older bound holds: this log may have grown past a foreign cursor since.
    OptionalLong bound = known.map(LocalCursor.State::headMax).orElse(OptionalLong.empty());
    var state =
        new LocalCursor.State(
            record,
            bound.isPresent() ? bound : OptionalLong.of(log.endAtOpen(partition)),
            known.map(LocalCursor.State::base).orElse(OptionalLong.empty()));
    if (known.isEmpty() || (keeper.isPresent() && !known.get().equals(state))) {
      local.save(state);
    }
    return new Place(key, keeper, local, state);
  }

  CursorKey key() {
    return key;
  }

  boolean isKeptBySink() {
    return keeper.isPresent();
  }

  /// The record known here, not necessarily the newest.
  CursorRecord localRecord() {
    return state.record();
  }

  /// The highest head that can be an honest one, while that is in question.
  OptionalLong headMax() {
    return state.headMax();
  }

  /// How to take ownership where the sink keeps the cursor: a call that may block, for the sink's
  /// own thread.
  ///
  /// @param mine the fence of an earlier claim
  Optional<Callable<Claim>> atSink(OptionalLong mine) {
    CursorRecord initial = state.record();
    return keeper.map(sink -> () -> sink.claim(key, initial, mine));
  }

  /// Takes ownership of the cursor that is kept here.
  CursorRecord claimHere() {
    CursorRecord mine = state.record().withFence(state.record().fence() + 1);
    save(mine, state.headMax(), state.base());
    return mine;
  }

  /// The claimed record is an honest one.
  void confirmed() {
    if (state.headMax().isPresent()) {
      save(state.record(), OptionalLong.empty(), state.base());
    }
  }

  /// What the log had counted where the sink began; empty where that is not known.
  OptionalLong base() {
    return state.base();
  }

  /// Keeps it; durable when it returns.
  void base(long entries) {
    save(state.record(), state.headMax(), OptionalLong.of(entries));
  }

  private void save(CursorRecord record, OptionalLong headMax, OptionalLong base) {
    var next = new LocalCursor.State(record, headMax, base);
    local.save(next);
    state = next;
  }

  /// The sink has what the record says; durable when it returns.
  void committed(CursorRecord record) {
    if (keeper.isEmpty()) {
      save(record, OptionalLong.empty(), state.base());
    }
  }

  @Override
  public void close() {
    local.close();
  }
}
