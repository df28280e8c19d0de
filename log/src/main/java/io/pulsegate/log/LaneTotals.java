package io.pulsegate.log;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Totals of all lanes at a place of the log, read from a segment's lane table and frame headers.
final class LaneTotals {
  private LaneTotals() {}

  /// Totals at the start of a segment: from its lane table, or from the footer of the segment
  /// before it where that is damaged; empty when both are.
  static Map<String, Totals> atStart(
      Disk disk, DamageListener damage, Segment segment, Optional<Segment> before)
      throws IOException {
    SegmentHeader header = segment.header();
    segment.lease();
    try (DiskFile file = disk.open(segment.name(), Disk.Access.READ, true)) {
      Optional<Map<String, Totals>> start = SegmentFooter.readStartLanes(file, header);
      if (start.isPresent()) {
        return start.get();
      }
    } finally {
      segment.release();
    }
    damage.damaged(segment, header.laneTableAt(), header.laneTableBytes(), 0);
    return before.isEmpty() ? Map.of() : atEnd(disk, before.get()).orElse(Map.of());
  }

  /// Totals at the end of a sealed segment; empty when its footer is damaged.
  static Optional<Map<String, Totals>> atEnd(Disk disk, Segment segment) throws IOException {
    segment.lease();
    try (DiskFile file = disk.open(segment.name(), Disk.Access.READ, true)) {
      Optional<SegmentTrailer> trailer = SegmentFooter.readTrailer(file, segment.header());
      return trailer.isEmpty() ? Optional.empty() : SegmentFooter.readLanes(file, trailer.get());
    } finally {
      segment.release();
    }
  }

  /// Totals of everything in frames that end at or below the offset.
  static Map<String, Totals> at(Segments segments, long offset) throws IOException {
    Tail tail = segments.tail();
    Optional<Segment> found = segments.at(offset);
    if (found.isEmpty()) {
      return Map.of();
    }
    Segment segment = found.get();
    // Between two segments, where others may have been: the next one knows.
    Optional<Segment> next = segments.after(segment);
    if (next.isPresent() && offset >= segment.endOffset()) {
      return atStart(segments.disk, segments.damage, next.get(), found);
    }
    Optional<Segment> before = segments.before(segment);
    var totals = new HashMap<>(atStart(segments.disk, segments.damage, segment, before));
    try (SegmentReader reader = SegmentReader.fromStart(segments, segment)) {
      long limit = Segments.limit(segment, tail);
      while (reader.next(limit) && reader.frame().endOffset() <= offset) {
        totals.put(reader.lane(), reader.frame().laneAfter());
      }
    }
    return totals;
  }
}
