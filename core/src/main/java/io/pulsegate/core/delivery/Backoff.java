package io.pulsegate.core.delivery;

import io.pulsegate.core.DeliveryPolicy;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// When something that failed is tried again: full jitter, from zero to a bound that doubles
/// (Brooker, "Exponential Backoff and Jitter", 2015). Head thread only.
final class Backoff {
  private static final int DOUBLINGS_MAX = 30;

  private final long minNanos;
  private final long maxNanos;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private int failures;
  private long readyAt;

  Backoff(DeliveryPolicy policy, LongSupplier nanoTime, RandomGenerator random) {
    this.minNanos = policy.backoffMin().toNanos();
    this.maxNanos = policy.backoffMax().toNanos();
    this.nanoTime = nanoTime;
    this.random = random;
    this.readyAt = nanoTime.getAsLong();
  }

  /// One more failure.
  ///
  /// @param atLeastNanos what the destination asked for
  void failed(long atLeastNanos) {
    long bound = Math.min(maxNanos, minNanos * (1L << Math.min(failures, DOUBLINGS_MAX)));
    if (bound <= 0) {
      bound = maxNanos;
    }
    failures++;
    waitFor(Math.max(atLeastNanos, random.nextLong(bound + 1)));
  }

  /// A wait that is no failure.
  void waitFor(long nanos) {
    readyAt = nanoTime.getAsLong() + nanos;
  }

  void succeeded() {
    failures = 0;
    readyAt = nanoTime.getAsLong();
  }

  /// Zero or less when it is time.
  long nanosLeft() {
    return readyAt - nanoTime.getAsLong();
  }
}
