package io.pulsegate.log;

import java.time.Instant;

/// Log time: microseconds since 1970.
final class LogTime {
  private LogTime() {}

  /// Rounded down; times that do not fit become the nearest that do.
  static long micros(Instant time) {
    long seconds =
        Math.clamp(
            time.getEpochSecond(), Long.MIN_VALUE / 1_000_000 + 1, Long.MAX_VALUE / 1_000_000 - 1);
    return seconds * 1_000_000 + time.getNano() / 1000;
  }
}
