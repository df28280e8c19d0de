package io.pulsegate.server.metrics;

import java.util.function.LongSupplier;

/// How many bytes come in a second, over the last minutes: sampled when somebody asks. Any thread.
final class InputRate {
  private static final double SMOOTHING_NANOS = 300e9;
  private static final long SAMPLE_NANOS = 1_000_000_000;

  private final LongSupplier nanoTime;
  private final LongSupplier bytes;
  private long sampledAt;
  private long sampledBytes;
  private double bytesPerSecond;
  private double weight;

  InputRate(LongSupplier nanoTime, LongSupplier bytes) {
    this.nanoTime = nanoTime;
    this.bytes = bytes;
    this.sampledAt = nanoTime.getAsLong();
    this.sampledBytes = bytes.getAsLong();
  }

  /// The average in which a sample counts the less the older it is (half after about 3.5 minutes).
  synchronized double bytesPerSecond() {
    long now = nanoTime.getAsLong();
    long elapsed = now - sampledAt;
    if (elapsed >= SAMPLE_NANOS) {
      long seen = bytes.getAsLong();
      double kept = Math.exp(-elapsed / SMOOTHING_NANOS);
      bytesPerSecond = kept * bytesPerSecond + (1 - kept) * (seen - sampledBytes) * 1e9 / elapsed;
      weight = kept * weight + (1 - kept);
      sampledAt = now;
      sampledBytes = seen;
    }
    return weight == 0 ? 0 : bytesPerSecond / weight;
  }
}
