package io.pulsegate.log;

import java.io.IOException;
import java.util.OptionalLong;

/// Finds offsets by log time.
final class TimeSearch {
  private TimeSearch() {}

  /// The first offset received at or after `micros`.
  static OptionalLong offsetAt(Segments segments, long micros) throws IOException {
    Tail tail = segments.tail();
    for (Segment segment : segments.all().values()) {
      long lastMicros = segment == tail.segment() ? tail.lastMicros() : segment.lastMicros();
      // Of what is parked, most is gone.
      if (lastMicros >= micros && !segment.header().isParked()) {
        OptionalLong found = search(segments, segment, Segments.limit(segment, tail), micros);
        if (found.isPresent()) {
          return found;
        }
      }
      if (segment == tail.segment()) {
        break;
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong search(Segments segments, Segment segment, long limit, long micros)
      throws IOException {
    try (SegmentReader reader = SegmentReader.fromTime(segments, segment, micros)) {
      while (reader.next(limit)) {
        if (reader.frame().receivedMicros >= micros) {
          return OptionalLong.of(reader.frame().firstOffset);
        }
      }
      return OptionalLong.empty();
    }
  }
}
