package io.pulsegate.core;

import java.time.Duration;

/// How long the log keeps what every sink has, for those who want it again. What a sink still needs
/// is kept in any case.
///
/// @param replayTime kept for at least so long after it was received, where the disk has room
/// @param replayBytesMax with more in the log's files than this, what nobody needs goes earlier
public record RetentionPolicy(Duration replayTime, long replayBytesMax) {
  /// What nobody needs goes at once.
  public static final RetentionPolicy NONE = new RetentionPolicy(Duration.ZERO, 0);

  public RetentionPolicy {
    if (replayTime.isNegative() || replayBytesMax < 0) {
      throw new IllegalArgumentException(
          "replayTime and replayBytesMax are not negative, were %s, %d"
              .formatted(replayTime, replayBytesMax));
    }
  }

  /// An hour, of whatever size.
  public static RetentionPolicy defaults() {
    return new RetentionPolicy(Duration.ofHours(1), Long.MAX_VALUE);
  }
}
