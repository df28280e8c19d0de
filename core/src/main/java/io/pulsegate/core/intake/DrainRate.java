package io.pulsegate.core.intake;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How fast the log takes bytes, and so when to come again. [#drained]: the log's thread; the rest:
/// any thread.
final class DrainRate {
  private static final long PERIOD_NANOS = 500_000_000;
  private static final long LONGEST_SECONDS = 30;

  private final LongSupplier nanoTime;
  private long periodBegan;
  private long periodBytes;
  private volatile double bytesPerSecond;

  DrainRate(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.periodBegan = nanoTime.getAsLong();
  }

  /// Counts bytes that have become durable; every half second the average takes half of the new
  /// rate.
  void drained(long bytes) {
    periodBytes += bytes;
    long now = nanoTime.getAsLong();
    long elapsed = now - periodBegan;
    if (elapsed >= PERIOD_NANOS) {
      double rate = periodBytes * 1e9 / elapsed;
      bytesPerSecond = bytesPerSecond == 0 ? rate : (bytesPerSecond + rate) / 2;
      periodBegan = now;
      periodBytes = 0;
    }
  }

  /// Whole seconds, 1 to 30, until that many bytes are through.
  Duration timeFor(long bytes) {
    double rate = bytesPerSecond;
    double seconds = rate == 0 ? 1 : Math.ceil(bytes / rate);
    return Duration.ofSeconds((long) Math.clamp(seconds, 1, LONGEST_SECONDS));
  }
}
