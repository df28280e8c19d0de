package io.pulsegate.log;

/// Told of each stretch of a segment that could not be read as frames.
@FunctionalInterface
interface DamageListener {
  /// @param frames how many frames were in it, as far as known; 0 when only a block header was
  void damaged(Segment segment, long position, long bytes, long frames);
}
