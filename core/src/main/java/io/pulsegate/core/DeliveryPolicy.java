package io.pulsegate.core;

import java.time.Duration;

/// How sinks are fed.
///
/// @param batchEventsMax live events in one write
/// @param batchBytesMax bytes of blocks in one write; a single block may be larger
/// @param writeTimeout longest write or claim; then its thread is interrupted
/// @param backoffMin bound of the first wait after an outage; waits are drawn from 0 to the bound,
///   which doubles
/// @param backoffMax largest bound
/// @param poisonAttempts how often an event that is refused alone is tried before it is a dead
///   letter
/// @param misconfiguredRetry how often a sink that waits for a person is looked at again
/// @param transformTimeout longest a tenant's transforms may take for one event
/// @param linger how long events may wait for a write of `batchEventsMax` to come together; zero
///   for not at all
/// @param writesMax how many sinks are written to at a time, [#ANY_WRITES] for all; one that has
///   waited a second for its turn is written to all the same
public record DeliveryPolicy(
    int batchEventsMax,
    long batchBytesMax,
    Duration writeTimeout,
    Duration backoffMin,
    Duration backoffMax,
    int poisonAttempts,
    Duration misconfiguredRetry,
    Duration transformTimeout,
    Duration linger,
    int writesMax) {
  /// Every sink is written to when it has something to write.
  public static final int ANY_WRITES = Integer.MAX_VALUE;

  /// Longest that transforms may take for one event where nothing else is said.
  public static final Duration TRANSFORM_TIMEOUT = Duration.ofSeconds(10);

  /// With [#TRANSFORM_TIMEOUT], without lingering, all sinks at a time.
  public DeliveryPolicy(
      int batchEventsMax,
      long batchBytesMax,
      Duration writeTimeout,
      Duration backoffMin,
      Duration backoffMax,
      int poisonAttempts,
      Duration misconfiguredRetry) {
    this(
        batchEventsMax,
        batchBytesMax,
        writeTimeout,
        backoffMin,
        backoffMax,
        poisonAttempts,
        misconfiguredRetry,
        TRANSFORM_TIMEOUT,
        Duration.ZERO,
        ANY_WRITES);
  }

  public DeliveryPolicy {
    if (batchEventsMax < 1 || batchBytesMax < 1 || poisonAttempts < 1 || writesMax < 1) {
      throw new IllegalArgumentException(
          "limits of delivery are positive, were %d events, %d bytes, %d attempts, %d writes"
              .formatted(batchEventsMax, batchBytesMax, poisonAttempts, writesMax));
    }
    if (!writeTimeout.isPositive()
        || !backoffMin.isPositive()
        || backoffMax.compareTo(backoffMin) < 0
        || !misconfiguredRetry.isPositive()
        || !transformTimeout.isPositive()
        || linger.isNegative()) {
      throw new IllegalArgumentException(
          "times of delivery are positive (linger may be zero) and backoffMax is at least backoffMin, were %s, %s, %s, %s, %s, %s"
              .formatted(
                  writeTimeout,
                  backoffMin,
                  backoffMax,
                  misconfiguredRetry,
                  transformTimeout,
                  linger));
    }
  }

  /// 20,000 events, 8 MiB, 60 s a write, back-off from 100 ms to 30 s, 3 tries, 30 s, 10 s an
  /// event, no lingering, all sinks at a time.
  public static DeliveryPolicy defaults() {
    return new DeliveryPolicy(
        20_000,
        8L << 20,
        Duration.ofSeconds(60),
        Duration.ofMillis(100),
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(30));
  }

  /// The same with another linger.
  public DeliveryPolicy withLinger(Duration time) {
    return new DeliveryPolicy(
        batchEventsMax,
        batchBytesMax,
        writeTimeout,
        backoffMin,
        backoffMax,
        poisonAttempts,
        misconfiguredRetry,
        transformTimeout,
        time,
        writesMax);
  }
}
