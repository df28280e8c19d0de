package io.pulsegate.log;

import java.util.Map;

/// What is still needed of a log's old end; everything else may go.
///
/// A segment goes when nobody needs it, and nothing keeps it for those who want to read the past
/// again: it is older than `keepFromMicros`, or the log takes more than `keepBytesMax`. Where only
/// some lanes need it, and little enough of it, their frames are copied to a file of their own, and
/// the segment goes all the same.
///
/// @param below only the lanes named in `lanes` need anything below this offset
/// @param lanes where those lanes go on: of each, its frames from there on are needed
/// @param keepFromMicros segments whose last frame was received then or later stay, needed or not;
///   microseconds since 1970
/// @param keepBytesMax that holds only while the log's files take no more bytes than this
/// @param parkShare a segment is given up for copies when no more than this share of its bytes is
///   needed; 0 to 1
public record Needs(
    long below, Map<String, Long> lanes, long keepFromMicros, long keepBytesMax, double parkShare) {
  public Needs {
    lanes = Map.copyOf(lanes);
    if (parkShare < 0 || parkShare > 1) {
      throw new IllegalArgumentException("parkShare is a share, was " + parkShare);
    }
  }

  /// Nobody needs anything below, and nothing else keeps it.
  public static Needs nothingBelow(long offset) {
    return new Needs(offset, Map.of(), Long.MAX_VALUE, 0, 0);
  }
}
