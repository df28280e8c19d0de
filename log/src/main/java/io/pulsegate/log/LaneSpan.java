package io.pulsegate.log;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What one lane has in one segment.
///
/// @param endOffset it has nothing at or above; in a whole segment the segment's own end
/// @param bytes about how many
record LaneSpan(long endOffset, long bytes) {
  private static final int ENTRY_BYTES = 32;

  /// Of each lane that has frames in a sealed segment; empty where its tables are damaged. Read
  /// once: from the tables of lanes of a whole one, from the frames of a parked one.
  static Optional<Map<String, LaneSpan>> all(Segments segments, Segment segment)
      throws IOException {
    if (segment.spans().isEmpty()) {
      Optional<Map<String, LaneSpan>> found =
          segment.header().isParked()
              ? Optional.of(ofFrames(segments, segment))
              : ofTables(segments, segment);
      found.ifPresent(segment::spans);
    }
    return segment.spans();
  }

  private static Optional<Map<String, LaneSpan>> ofTables(Segments segments, Segment segment)
      throws IOException {
    Optional<Map<String, Totals>> end = LaneTotals.atEnd(segments.disk, segment);
    if (end.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Totals> start =
        LaneTotals.atStart(segments.disk, segments.damage, segment, segments.before(segment));
    var spans = new HashMap<String, LaneSpan>();
    end.get()
        .forEach((lane, totals) -> {
          Totals in = totals.minus(start.getOrDefault(lane, Totals.ZERO));
          if (in.entries() > 0) {
            spans.put(
                lane, new LaneSpan(segment.endOffset(), in.bytes() + in.entries() * ENTRY_BYTES));
          }
        });
    return Optional.of(spans);
  }

  private static Map<String, LaneSpan> ofFrames(Segments segments, Segment segment)
      throws IOException {
    var spans = new HashMap<String, LaneSpan>();
    try (SegmentReader reader = SegmentReader.fromStart(segments, segment)) {
      while (reader.next(segment.dataEnd())) {
        FrameHeader frame = reader.frame();
        spans.merge(
            reader.lane(),
            new LaneSpan(frame.endOffset(), frame.frameBytes()),
            (had, more) -> new LaneSpan(more.endOffset(), had.bytes() + more.bytes()));
      }
    }
    return spans;
  }
}
