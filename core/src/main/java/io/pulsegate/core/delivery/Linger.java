package io.pulsegate.core.delivery;

import io.pulsegate.core.DeliveryPolicy;
import java.util.function.LongSupplier;

/// How long the head waits for a write to fill up: until as many entries wait as one write takes,
/// or the first of them was seen the policy's time ago. For the head's thread, but for [#end].
final class Linger {
  private static final long NOT_BEGUN = Long.MIN_VALUE;

  private final long entries;
  private final long nanos;
  private final LongSupplier nanoClock;
  private long begunNanos = NOT_BEGUN;
  private volatile boolean ended;

  Linger(DeliveryPolicy policy, LongSupplier nanoClock) {
    this.entries = policy.batchEventsMax();
    this.nanos = policy.linger().toNanos();
    this.nanoClock = nanoClock;
  }

  /// How much longer to wait; 0 or less where what waits is to be written now.
  ///
  /// @param waiting entries of the log that wait, at least 1
  long nanosLeft(long waiting) {
    if (nanos == 0 || ended) {
      return 0;
    }
    long now = nanoClock.getAsLong();
    if (begunNanos == NOT_BEGUN) {
      begunNanos = now;
    }
    long left = waiting >= entries ? 0 : begunNanos + nanos - now;
    if (left <= 0) {
      begunNanos = NOT_BEGUN;
    }
    return left;
  }

  /// The offset that the log's end is beyond when a write is full.
  long fullAt(long head) {
    return head + entries - 1;
  }

  /// No more waiting, for good. Any thread.
  void end() {
    ended = true;
  }
}
