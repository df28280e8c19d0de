package io.pulsegate.client;

import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// How long to wait before the next try.
///
/// @param min bound of the first wait; the bound doubles with each try
/// @param max largest bound
/// @param retryAfterMax longest wait that a server may ask for
record Backoff(Duration min, Duration max, Duration retryAfterMax) {
  /// Full jitter: drawn from 0 to the bound. What the server asks for is always waited for, and the
  /// draw comes on top, so that not all clients come back in the same moment.
  ///
  /// @param attempt tries that have failed in a row, from 1
  Duration next(int attempt, Optional<Duration> retryAfter, RandomGenerator random) {
    long doublings = Math.min(attempt - 1, 30);
    long bound = Math.min(max.toNanos(), saturated(min.toNanos(), doublings));
    var drawn = Duration.ofNanos(random.nextLong(bound + 1));
    if (retryAfter.isEmpty()) {
      return drawn;
    }
    Duration asked = retryAfter.get();
    return (asked.compareTo(retryAfterMax) > 0 ? retryAfterMax : asked)
        .plus(drawn.compareTo(min) > 0 ? min : drawn);
  }

  private static long saturated(long value, long doublings) {
    return value > (Long.MAX_VALUE >> doublings) ? Long.MAX_VALUE : value << doublings;
  }
}
