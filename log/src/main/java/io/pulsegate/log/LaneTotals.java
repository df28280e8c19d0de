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
    return before.isEmpty() ? Map.of() : atEnd(disk, before.get());
  }

  private static Map<String, Totals> atEnd(Disk disk, Segment segment) throws IOException {
    segment.lease();
    try (DiskFile file = disk.open(segment.name(), Disk.Access.READ, true)) {
      Optional<SegmentTrailer> trailer = SegmentFooter.readTrailer(file, segment.header());
      return trailer.isEmpty()
          ? Map.of()
          : SegmentFooter.readLanes(file, trailer.get()).orElse(Map.of());
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
    Optional<Segment> before =
        Optional.ofNullable(segments.all().lowerEntry(segment.firstOffset()))
            .map(Map.Entry::getValue);
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
