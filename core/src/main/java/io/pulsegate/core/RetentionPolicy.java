package io.pulsegate.core;

import java.time.Duration;

/// How long the log keeps what every sink has, for those who want it again. What a sink still needs
/// is kept in any case.
///
/// @param replayTime kept for at least so long after it was received, where the disk has room
/// @param replayBytesMax with more in the log's files than this, what nobody needs goes earlier
/// @param orphanGrace how long what waits for a sink is kept after the sink was removed
public record RetentionPolicy(Duration replayTime, long replayBytesMax, Duration orphanGrace) {
  /// How long it waits for a removed sink or tenant where nothing else is said.
  public static final Duration ORPHAN_GRACE = Duration.ofDays(7);

  /// What nobody needs goes at once.
  public static final RetentionPolicy NONE = new RetentionPolicy(Duration.ZERO, 0);

  public RetentionPolicy {
    if (replayTime.isNegative() || replayBytesMax < 0 || orphanGrace.isNegative()) {
      throw new IllegalArgumentException(
          "replayTime, replayBytesMax and orphanGrace are not negative, were %s, %d, %s"
              .formatted(replayTime, replayBytesMax, orphanGrace));
    }
  }

  /// With [#ORPHAN_GRACE].
  public RetentionPolicy(Duration replayTime, long replayBytesMax) {
    this(replayTime, replayBytesMax, ORPHAN_GRACE);
  }

  /// An hour, of whatever size.
  public static RetentionPolicy defaults() {
    return new RetentionPolicy(Duration.ofHours(1), Long.MAX_VALUE);
  }
}
