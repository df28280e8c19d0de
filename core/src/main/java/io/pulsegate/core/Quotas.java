package io.pulsegate.core;

/// How much a tenant may use. [#UNLIMITED] stands for no limit.
///
/// @param eventsPerSecond events taken in a second, over time; a second's worth may come at once
/// @param bytesPerSecond the same for bytes of events as they are stored
/// @param backlogBytes payload bytes that the slowest sink has not settled
/// @param inFlightBytes bytes of requests held in memory at once
/// @param deadLetterBytes payload bytes of dead letters that wait
public record Quotas(
    long eventsPerSecond,
    long bytesPerSecond,
    long backlogBytes,
    long inFlightBytes,
    long deadLetterBytes) {
  /// No limit.
  public static final long UNLIMITED = Long.MAX_VALUE;

  /// No limit of any kind.
  public static final Quotas NONE =
      new Quotas(UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED, UNLIMITED);

  public Quotas {
    if (eventsPerSecond < 1
        || bytesPerSecond < 1
        || backlogBytes < 1
        || inFlightBytes < 1
        || deadLetterBytes < 1) {
      throw new IllegalArgumentException(
          "quotas are positive, were %d, %d, %d, %d, %d"
              .formatted(
                  eventsPerSecond, bytesPerSecond, backlogBytes, inFlightBytes, deadLetterBytes));
    }
  }
}
