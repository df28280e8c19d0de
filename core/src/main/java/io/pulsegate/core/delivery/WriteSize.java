package io.pulsegate.core.delivery;

/// How many events a write may have: as many as the policy allows, and about 50 ms worth of them
/// while more than one tenant waits, so that turns are short. Head thread only.
final class WriteSize {
  private static final int EVENTS_MIN = 100;

  /// Weight of the newest write in the moving average.
  private static final double NEWEST = 0.2;

  private final int eventsMax;
  private double eventsPerNano;

  WriteSize(int eventsMax) {
    this.eventsMax = eventsMax;
  }

  /// A write has been committed.
  void wrote(int events, long nanos) {
    if (events > 0 && nanos > 0) {
      double rate = (double) events / nanos;
      eventsPerNano = eventsPerNano == 0 ? rate : eventsPerNano * (1 - NEWEST) + rate * NEWEST;
    }
  }

  /// Events of the next write.
  ///
  /// @param contended whether others wait for their turn
  int events(boolean contended) {
    if (!contended || eventsPerNano == 0) {
      return eventsMax;
    }
    int fitting = (int) Math.min(eventsMax, eventsPerNano * TurnOrder.QUANTUM_NANOS);
    return Math.max(Math.min(EVENTS_MIN, eventsMax), fitting);
  }
}
