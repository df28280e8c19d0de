package io.pulsegate.log;

import java.nio.ByteBuffer;

/// One stored append, as a reader sees it.
///
/// @param count offsets it takes, from `firstOffset` on
/// @param receivedMicros log time of its commit, microseconds since 1970
/// @param generation of the log when it was stored
/// @param sequence number of the frame in the log; a gap means that frames were lost to damage
/// @param live what it adds to the totals
/// @param laneBefore the lane's totals before this frame
/// @param logBefore the totals of all lanes before this frame
/// @param body the stored bytes, to be read only, in a heap buffer with an accessible array; every
///   call returns a view with a position of its own
public record Frame(
    String lane,
    long firstOffset,
    int count,
    long receivedMicros,
    long generation,
    long sequence,
    Admitted live,
    Totals laneBefore,
    Totals logBefore,
    ByteBuffer body) {

  public Frame {
    body = body.duplicate();
  }

  @Override
  public ByteBuffer body() {
    return body.duplicate();
  }

  /// The offset after its last entry.
  public long endOffset() {
    return firstOffset + count;
  }

  /// The lane's totals with this frame.
  public Totals laneAfter() {
    return laneBefore.plus(live);
  }

  /// The totals of all lanes with this frame.
  public Totals logAfter() {
    return logBefore.plus(live);
  }
}
