package io.pulsegate.bench.load;

import java.util.concurrent.atomic.AtomicLong;

/// Numbers the events of a run and says when it ends. Any thread.
final class Sequences {
  private final int batch;
  private final long eventsMax;
  private final AtomicLong next = new AtomicLong();
  private volatile long stopNanos = Long.MAX_VALUE;

  /// @param eventsMax rounded up to whole requests
  Sequences(int batch, long eventsMax) {
    this.batch = batch;
    this.eventsMax = eventsMax;
  }

  /// The first event of the next request, or -1 when all have been given out.
  long take() {
    if (isUsedUp()) {
      return -1;
    }
    long first = next.getAndAdd(batch);
    return first < eventsMax ? first : -1;
  }

  /// Whether all have been given out.
  boolean isUsedUp() {
    return next.get() >= eventsMax;
  }

  /// Ends the run now.
  void stop() {
    stopNanos = Math.min(stopNanos, System.nanoTime());
  }

  /// When the run was ended from outside; [Long#MAX_VALUE] while it was not.
  long stopNanos() {
    return stopNanos;
  }
}
