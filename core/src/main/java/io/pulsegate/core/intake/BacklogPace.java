package io.pulsegate.core.intake;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How fast a tenant's slowest sink takes its events, and so when to come again. Any thread.
final class BacklogPace {
  private static final long PERIOD_NANOS = 1_000_000_000;
  private static final long LONGEST_SECONDS = 30;

  private final LongSupplier nanoTime;
  private long sampledAt;
  private long sampledBytes = -1;
  private double bytesPerSecond;

  BacklogPace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Notes how much has been settled since ever.
  synchronized void settled(long bytes) {
    long now = nanoTime.getAsLong();
    if (sampledBytes < 0) {
      sampledAt = now;
      sampledBytes = bytes;
    } else if (now - sampledAt >= PERIOD_NANOS) {
      double rate = Math.max(0, bytes - sampledBytes) * 1e9 / (now - sampledAt);
      bytesPerSecond = bytesPerSecond == 0 ? rate : (bytesPerSecond + rate) / 2;
      sampledAt = now;
      sampledBytes = bytes;
    }
  }

  /// Whole seconds, 1 to 30, until that many bytes are settled; 30 while nothing moves.
  synchronized Duration timeFor(long bytes) {
    double seconds = bytesPerSecond < 1 ? LONGEST_SECONDS : Math.ceil(bytes / bytesPerSecond);
    return Duration.ofSeconds((long) Math.clamp(seconds, 1, LONGEST_SECONDS));
  }
}
