package io.pulsegate.core.delivery;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// How fast the log grows, as an average over about five minutes, and so how long space lasts while
/// nothing of it is given back. One thread, but for [#hoursFor].
final class GrowthRate {
  /// Longer than anybody plans for; stands for no growth too.
  static final double HOURS_MAX = 24 * 365;

  private static final double AVERAGED_SECONDS = 300;
  private static final double PERIOD_SECONDS = 5;

  private final LongSupplier nanoTime;
  private long sampledNanos;
  private long sampledBytes;
  private boolean hasRate;
  private volatile double bytesPerSecond;

  /// @param bytes written so far
  GrowthRate(LongSupplier nanoTime, long bytes) {
    this.nanoTime = nanoTime;
    this.sampledNanos = nanoTime.getAsLong();
    this.sampledBytes = bytes;
  }

  /// Notes how much has been written so far.
  void written(long bytes) {
    long now = nanoTime.getAsLong();
    double seconds = (now - sampledNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    if (seconds >= PERIOD_SECONDS) {
      double rate = (bytes - sampledBytes) / seconds;
      double share = hasRate ? 1 - Math.exp(-seconds / AVERAGED_SECONDS) : 1;
      double before = bytesPerSecond;
      bytesPerSecond = before + share * (rate - before);
      hasRate = true;
      sampledNanos = now;
      sampledBytes = bytes;
    }
  }

  /// Hours until so many bytes are written, at most [#HOURS_MAX]; none for none, also while nothing
  /// is written. Any thread.
  double hoursFor(long bytes) {
    double rate = bytesPerSecond;
    if (bytes <= 0) {
      return 0;
    }
    return rate < 1 ? HOURS_MAX : Math.clamp(bytes / rate / 3_600, 0, HOURS_MAX);
  }
}
