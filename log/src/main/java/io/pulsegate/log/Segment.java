package io.pulsegate.log;

import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// What is known of one segment file. Written by recovery and the committer, read by everyone.
final class Segment {
  static final long UNKNOWN = -1;

  private static final int RETIRED = -1;

  private final SegmentHeader header;
  private final SegmentIndex index = new SegmentIndex();

  private volatile long dataEnd;
  private volatile long endOffset;
  private volatile long lastMicros;
  private volatile long fileBytes;
  private volatile long endSequence = UNKNOWN;
  private volatile Optional<Map<String, LaneSpan>> spans = Optional.empty();

  /// How many have its file open for reading, or [#RETIRED].
  private final AtomicInteger leases = new AtomicInteger();

  Segment(SegmentHeader header) {
    this.header = header;
    this.dataEnd = header.dataStart();
    this.endOffset = header.previous().endOffset();
    this.lastMicros = header.floorMicros();
    this.fileBytes = Math.max(header.dataStart(), header.allocatedBytes());
  }

  SegmentHeader header() {
    return header;
  }

  String name() {
    return header.name();
  }

  long firstOffset() {
    return header.firstOffset();
  }

  /// Of the open segment and of one scanned at start; empty for others, whose index is in the
  /// footer.
  SegmentIndex index() {
    return index;
  }

  /// Where its durable frames end: final once it is no longer the log's last segment.
  long dataEnd() {
    return dataEnd;
  }

  /// The offset after its last durable entry; while it has none, after that of the segment before.
  long endOffset() {
    return endOffset;
  }

  /// No offset below may be given to the next segment.
  long minNextOffset() {
    return Math.max(endOffset, header.firstOffset());
  }

  long lastMicros() {
    return lastMicros;
  }

  long fileBytes() {
    return fileBytes;
  }

  /// The sequence after its last frame, or [#UNKNOWN] while it may still grow.
  long endSequence() {
    return endSequence;
  }

  /// Which lanes have frames in it, once somebody has looked that up.
  Optional<Map<String, LaneSpan>> spans() {
    return spans;
  }

  void spans(Map<String, LaneSpan> found) {
    spans = Optional.of(Map.copyOf(found));
  }

  void advance(long dataEnd, long endOffset, long lastMicros) {
    this.lastMicros = lastMicros;
    this.endOffset = endOffset;
    this.dataEnd = dataEnd;
    this.fileBytes = Math.max(fileBytes, dataEnd);
  }

  /// Keeps the file's bytes from being used for something else, until [#release].
  ///
  /// @throws NoSuchFileException when it is retired
  void lease() throws NoSuchFileException {
    if (leases.getAndUpdate(count -> count == RETIRED ? RETIRED : count + 1) == RETIRED) {
      throw new NoSuchFileException(name(), null, "its file is used for something else");
    }
  }

  void release() {
    leases.decrementAndGet();
  }

  /// Whether nobody reads its file; from then on nobody can. Its owner has hidden it before.
  boolean retire() {
    return leases.compareAndSet(0, RETIRED) || leases.get() == RETIRED;
  }

  void finish(long endSequence, long fileBytes) {
    this.endSequence = endSequence;
    this.fileBytes = fileBytes;
  }
}
