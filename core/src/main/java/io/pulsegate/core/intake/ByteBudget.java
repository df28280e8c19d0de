package io.pulsegate.core.intake;

import java.util.concurrent.atomic.AtomicLong;

/// Room for so many bytes. Any thread.
final class ByteBudget {
  private final long max;
  private final AtomicLong taken = new AtomicLong();

  ByteBudget(long max) {
    this.max = max;
  }

  /// False where there is no room, and nothing changes.
  boolean take(long bytes) {
    while (true) {
      long now = taken.get();
      if (bytes > max - now) {
        return false;
      }
      if (taken.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
  }

  /// The same within a smaller limit, which counts only against others: who has `own` of it and is
  /// alone is not held to it.
  boolean takeBeside(long bytes, long own, long softMax) {
    while (true) {
      long now = taken.get();
      boolean fits = bytes <= softMax - now || now == own;
      if (!fits || bytes > max - now) {
        return false;
      }
      if (taken.compareAndSet(now, now + bytes)) {
        return true;
      }
    }
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }

  long max() {
    return max;
  }
}
