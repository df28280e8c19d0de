package io.pulsegate.core.delivery;

/// How many events a write may have: as many as the policy allows and half a second takes, and
/// about 50 ms worth of them while more than one tenant waits, so that turns are short. **Where a
/// write costs that much by itself, however few events it has, it may take twice that cost**:
/// shorter ones would spend all of the sink's time on it. Head thread only.
///
/// The two costs, of a write and of an event, are those of a line through the last writes (least
/// squares, older ones forgotten exponentially): a rate alone would take the small writes of a
/// quiet tenant for a slow sink.
final class WriteSize {
  private static final int EVENTS_MIN = 100;

  /// Weight of the newest write in the moving averages.
  private static final double NEWEST = 0.05;

  /// Sizes that differ by less, as variance over the square of the mean, tell nothing about the
  /// cost of a write by itself.
  private static final double SPREAD_MIN = 0.05;

  /// An event costs at least this part of its share in a write.
  private static final double SHARE_MIN = 0.02;

  /// Turns that a write may take while nobody else waits.
  private static final int ALONE = 10;

  private final int eventsMax;
  private double meanEvents;
  private double meanNanos;
  private double meanEventsSquared;
  private double meanProduct;
  private double fixedNanos;

  WriteSize(int eventsMax) {
    this.eventsMax = eventsMax;
  }

  /// A write has been committed.
  void wrote(int events, long nanos) {
    if (events <= 0 || nanos <= 0) {
      return;
    }
    double weight = meanEvents == 0 ? 1 : NEWEST;
    meanEvents += weight * (events - meanEvents);
    meanNanos += weight * (nanos - meanNanos);
    meanEventsSquared += weight * ((double) events * events - meanEventsSquared);
    meanProduct += weight * ((double) events * nanos - meanProduct);
    double variance = meanEventsSquared - meanEvents * meanEvents;
    if (variance > SPREAD_MIN * meanEvents * meanEvents) {
      double slope = (meanProduct - meanEvents * meanNanos) / variance;
      fixedNanos = Math.max(0, meanNanos - slope * meanEvents);
    }
  }

  /// Events of the next write.
  ///
  /// @param contended whether others wait for their turn
  int events(boolean contended) {
    if (meanEvents == 0) {
      return eventsMax;
    }
    double fixed = fixed();
    double nanosPerEvent = (meanNanos - fixed) / meanEvents;
    int fitting = (int) Math.min(eventsMax, (turnNanos(contended) - fixed) / nanosPerEvent);
    return Math.max(Math.min(EVENTS_MIN, eventsMax), fitting);
  }

  private double fixed() {
    return Math.min(fixedNanos, (1 - SHARE_MIN) * meanNanos);
  }

  /// How long a turn is to take. Who comes while nobody else is there waits for a longer one.
  double turnNanos(boolean contended) {
    double turn = Math.max((double) TurnOrder.QUANTUM_NANOS, 2 * fixed());
    return contended ? turn : ALONE * turn;
  }
}
