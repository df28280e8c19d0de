package io.pulsegate.core.delivery;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// Sees when the wall clock was set. One that disagrees with the monotonic clock by more than a
/// minute says nothing about how old things are: while it is in doubt, nothing goes because of its
/// age. It is believed again when it agrees again, or has stood for so long by the monotonic clock
/// that all that was received before is as old as it must be. One thread, but for [#isInDoubt].
final class ClockWatch {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  static final Duration TOLERANCE = Duration.ofMinutes(1);

  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final Duration settleTime;
  private long anchorMillis;
  private long anchorNanos;
  private long doubtSinceNanos;
  private long offAtDoubtMillis;
  private volatile boolean inDoubt;

  /// @param settleTime after which a clock that was set is believed
  ClockWatch(InstantSource wall, LongSupplier nanoTime, Duration settleTime) {
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.settleTime = settleTime;
    anchor();
  }

  private void anchor() {
    anchorMillis = wall.millis();
    anchorNanos = nanoTime.getAsLong();
  }

  /// Compares the clocks.
  void look() {
    long now = nanoTime.getAsLong();
    long off = wall.millis() - anchorMillis - (now - anchorNanos) / 1_000_000;
    boolean agrees = Math.abs(off) <= TOLERANCE.toMillis();
    if (agrees && inDoubt) {
      inDoubt = false;
      LOGGER.log(Level.INFO, "the wall clock agrees with the monotonic clock again");
    } else if (!agrees && (!inDoubt || isElsewhere(off))) {
      inDoubt = true;
      doubtSinceNanos = now;
      offAtDoubtMillis = off;
      LOGGER.log(
          Level.ERROR,
          "the wall clock was set by {0} s: nothing is deleted because of its age until it agrees again, or has stood for {1}; set it right, or restart if it is right now",
          Long.toString(off / 1_000),
          settleTime);
    } else if (inDoubt && now - doubtSinceNanos >= settleTime.toNanos()) {
      anchor();
      inDoubt = false;
      LOGGER.log(Level.INFO, "the wall clock has stood for {0} and is believed again", settleTime);
    }
  }

  private boolean isElsewhere(long off) {
    return Math.abs(off - offAtDoubtMillis) > TOLERANCE.toMillis();
  }

  /// As of the last look. Any thread.
  boolean isInDoubt() {
    return inDoubt;
  }

  /// What the wall clock says, microseconds since 1970.
  long nowMicros() {
    return wall.millis() * 1_000;
  }
}
