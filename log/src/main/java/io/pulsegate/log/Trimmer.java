package io.pulsegate.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Takes whole segments away from the log's old end, the oldest first and one by one, so that no
/// crash brings back an older segment than one that stays deleted.
///
/// Files go to the [SegmentPool] where it takes them, the others are deleted. What is to go is
/// hidden from readers first. Where its file then cannot be deleted it is not forgotten: it still
/// counts, and the next call begins with it.
final class Trimmer {
  private final Segments segments;
  private final Queue<Segment> doomed = new ConcurrentLinkedQueue<>();
  private final SegmentPool pool;
  private boolean unsynced;
  private Optional<String> recycled = Optional.empty();

  Trimmer(Segments segments, SegmentPool pool) {
    this.segments = segments;
    this.pool = pool;
  }

  /// Takes away the segments whose offsets are all below; never the last one. One thread at a time.
  void trim(long below) throws IOException {
    removeDoomed();
    for (Segment segment : segments.all().values()) {
      if (segment == segments.tail().segment() || segment.endOffset() > below) {
        return;
      }
      segments.remove(segment);
      doomed.add(segment);
      removeDoomed();
    }
  }

  /// Segments that readers see no more and whose files are still there. Any thread.
  Collection<Segment> doomed() {
    return doomed;
  }

  private void removeDoomed() throws IOException {
    sync();
    for (Segment oldest = doomed.peek(); oldest != null; oldest = doomed.peek()) {
      try {
        remove(oldest);
      } catch (NoSuchFileException e) {
        // Somebody else has deleted it, which comes to the same.
      }
      doomed.remove();
      unsynced = true;
      sync();
    }
  }

  private void remove(Segment oldest) throws IOException {
    if (pool.takes(oldest)) {
      String name = pool.nextName();
      segments.disk.rename(oldest.name(), name);
      recycled = Optional.of(name);
    } else {
      segments.disk.delete(oldest.name());
    }
  }

  /// Only then a file may be written over: before, a crash could bring the segment back.
  private void sync() throws IOException {
    if (unsynced) {
      segments.disk.syncDirectory();
      unsynced = false;
      recycled.ifPresent(pool::offer);
      recycled = Optional.empty();
    }
  }
}
