package io.pulsegate.bench.load;

/// When requests are meant to leave.
///
/// With a rate (open loop) request k is due at `start + k / rate`, whether or not the server has
/// answered the earlier ones, and latency counts from that moment: a stall of the server is then
/// seen by every request it held up, not only by those that happened to be under way (coordinated
/// omission; Gil Tene, "How NOT to Measure Latency"). Without a rate (closed loop) a request is due
/// when its connection is free. For one thread.
final class Pace {
  private static final long CLOSED = 0;

  private final double intervalNanos;
  private final long startNanos;
  private long taken;

  private Pace(double intervalNanos, long startNanos) {
    this.intervalNanos = intervalNanos;
    this.startNanos = startNanos;
  }

  /// Whenever a connection is free.
  static Pace closedLoop() {
    return new Pace(CLOSED, 0);
  }

  /// `requestsPerSecond` requests a second, evenly, the first one at `startNanos`.
  static Pace openLoop(double requestsPerSecond, long startNanos) {
    if (!(requestsPerSecond > 0)) {
      throw new IllegalArgumentException("rate must be above 0, was " + requestsPerSecond);
    }
    return new Pace(1e9 / requestsPerSecond, startNanos);
  }

  boolean isOpenLoop() {
    return intervalNanos > CLOSED;
  }

  /// Nanoseconds until the next request is due; 0 or less when it is.
  long untilDue(long nowNanos) {
    return isOpenLoop() ? intendedNanos(taken) - nowNanos : 0;
  }

  /// Takes the next request and tells when it was meant to leave.
  long take(long nowNanos) {
    return isOpenLoop() ? intendedNanos(taken++) : nowNanos;
  }

  /// Requests that were due before `nowNanos` and have not been taken.
  long overdue(long nowNanos) {
    if (!isOpenLoop() || nowNanos <= startNanos) {
      return 0;
    }
    return Math.max(0, (long) Math.ceil((nowNanos - startNanos) / intervalNanos) - taken);
  }

  private long intendedNanos(long number) {
    return startNanos + (long) (number * intervalNanos);
  }
}
