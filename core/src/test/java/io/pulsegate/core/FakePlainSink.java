package io.pulsegate.core;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Sink;
import io.pulsegate.api.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// A destination that keeps no cursor: what is written stays written.
final class FakePlainSink implements Sink {
  private final List<String> ids = new ArrayList<>();
  private Function<Batch, Optional<WriteResult>> script = batch -> Optional.empty();
  private boolean closed;

  /// Answers instead of writing; empty for batches that are written.
  synchronized void script(Function<Batch, Optional<WriteResult>> newScript) {
    script = newScript;
  }

  synchronized List<String> ids() {
    return List.copyOf(ids);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /// Writes the events below the offset.
  synchronized void take(Batch batch, long below) {
    for (var event = batch.cursorOverEvents(); event.next(); ) {
      if (event.offset() < below) {
        ids.add(event.block().id(event.index()));
      }
    }
  }

  @Override
  public synchronized WriteResult write(Batch batch) {
    Optional<WriteResult> scripted = script.apply(batch);
    if (scripted.isEmpty()) {
      take(batch, Long.MAX_VALUE);
    }
    return scripted.orElseGet(WriteResult.Delivered::new);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
