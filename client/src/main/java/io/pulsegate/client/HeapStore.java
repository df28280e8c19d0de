package io.pulsegate.client;

import java.util.ArrayDeque;
import java.util.List;

/// Segments in the heap; a few that are empty are kept for the next burst. Guarded by the outbox's
/// lock.
final class HeapStore implements SegmentStore {
  private static final int SEGMENT_BYTES = 256 * 1024;
  private static final int KEPT_MAX = 16;

  private final ArrayDeque<Segment> empty = new ArrayDeque<>();

  @Override
  public List<Segment> recovered() {
    return List.of();
  }

  @Override
  public long recoveredEvents() {
    return 0;
  }

  @Override
  public long damagedBytes() {
    return 0;
  }

  @Override
  public int recordBytesMax() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Segment take(int length) {
    if (Segment.recordBytes(length) > SEGMENT_BYTES) {
      return Segment.inHeap(Segment.recordBytes(length));
    }
    Segment kept = empty.poll();
    return kept == null ? Segment.inHeap(SEGMENT_BYTES) : kept;
  }

  @Override
  public void appended() {}

  @Override
  public void settled(Segment segment) {}

  @Override
  public void release(Segment segment) {
    if (empty.size() < KEPT_MAX && segment.buffer().capacity() == SEGMENT_BYTES) {
      segment.rewind();
      empty.add(segment);
    }
  }

  @Override
  public boolean canRewind() {
    return true;
  }

  @Override
  public boolean survivesClose() {
    return false;
  }

  @Override
  public void close() {
    empty.clear();
  }
}
