package io.pulsegate.core.intake;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A rate that holds over time, with one second's worth at once: the generic cell rate algorithm
/// (ITU-T I.371), which needs one number. More than a second's worth is taken when nothing is owed,
/// and paid for by those who come next. Any thread.
final class TokenBucket {
  private static final long BURST_NANOS = 1_000_000_000;

  /// More would overflow the sum of a few of them.
  private static final double COST_NANOS_MAX = 3_600e9;

  private final LongSupplier nanoTime;

  /// When all that was taken is paid for.
  private final AtomicLong paidAt;

  TokenBucket(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.paidAt = new AtomicLong(nanoTime.getAsLong());
  }

  /// Takes so many; nothing where there is no room.
  ///
  /// @param perSecond the rate, at least 1
  /// @return nanoseconds until there is room; 0 where they were taken
  long take(long count, long perSecond) {
    long cost = cost(count, perSecond);
    long mostOwed = Math.max(0, BURST_NANOS - cost);
    while (true) {
      long now = nanoTime.getAsLong();
      long before = paidAt.get();
      long owed = Math.max(0, before - now);
      if (owed > mostOwed) {
        return owed - mostOwed;
      }
      if (paidAt.compareAndSet(before, now + owed + cost)) {
        return 0;
      }
    }
  }

  /// Gives back what was taken for nothing.
  void give(long count, long perSecond) {
    paidAt.addAndGet(-cost(count, perSecond));
  }

  /// Nanoseconds until there is room for anything at all; 0 where there is now.
  long nanosUntilRoom() {
    return Math.max(0, paidAt.get() - nanoTime.getAsLong() - BURST_NANOS + 1);
  }

  private static long cost(long count, long perSecond) {
    return (long) Math.min(COST_NANOS_MAX, count * 1e9 / perSecond);
  }
}
