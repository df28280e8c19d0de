package io.pulsegate.log;

/// One segment file, as [OfflineLog] found it.
///
/// @param firstOffset 0 where the header cannot be read
/// @param frames that are good: those that the file should have, as long as it has not been
///   verified
/// @param lastMicros when its last frame was received, microseconds since 1970
/// @param damagedFrames frames that cannot be read, as far as they can be counted
/// @param damagedBytes bytes passed over, damaged footers included
/// @param tornBytes bytes behind the last whole frame of a segment that was not sealed: a crash cut
///   them short, and they were never acknowledged
public record SegmentReport(
    String name,
    State state,
    long generation,
    long firstOffset,
    long endOffset,
    long frames,
    long lastMicros,
    long fileBytes,
    long damagedFrames,
    long damagedBytes,
    long tornBytes) {

  /// What kind of file it is.
  public enum State {
    /// Closed, with a footer.
    SEALED,
    /// What stragglers need of a segment that is gone.
    PARKED,
    /// The last one, without a footer: the log was not closed. The next open seals it.
    OPEN,
    /// It should have a footer, and has none that can be read.
    FOOTER_LOST,
    /// No copy of its header can be read, so nothing in it can.
    UNREADABLE
  }

  /// Whether something is damaged. A torn tail is not.
  public boolean isDamaged() {
    return damagedBytes > 0 || damagedFrames > 0 || state == State.UNREADABLE;
  }
}
