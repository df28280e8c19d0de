package io.pulsegate.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Takes segments away from the log's old end, one by one, the oldest first; what only some lanes
/// need of one is parked before. One thread at a time, but for what is marked.
///
/// Files go to the [SegmentPool] where it takes them, the others are deleted. What is to go is
/// hidden from readers first. Where its file then cannot be deleted it is not forgotten: it still
/// counts, and the next call begins with it.
final class Trimmer {
  private final Segments segments;
  private final Queue<Segment> doomed = new ConcurrentLinkedQueue<>();
  private final SegmentPool pool;
  private final Parking parking;
  private final OffsetMark mark;
  private final SpaceGuard space;
  private boolean unsynced;
  private Optional<String> recycled = Optional.empty();

  Trimmer(Segments segments, SegmentPool pool, Parking parking, OffsetMark mark, SpaceGuard space) {
    this.segments = segments;
    this.pool = pool;
    this.parking = parking;
    this.mark = mark;
    this.space = space;
  }

  /// Takes away what is not needed; **only a segment that has a successor**, as the last one may be
  /// written to, also while it is not the tail's yet.
  ///
  /// @return bytes of files that nobody needs and that were kept for those who read the past
  long release(Needs needs) throws IOException {
    parking.giveUpUnsure();
    removeDoomed();
    long diskBytes = segments.all().values().stream().mapToLong(Segment::fileBytes).sum();
    long spare = 0;
    boolean isOutOfOrder = false;
    for (Segment segment : segments.all().values()) {
      if (segments.after(segment).isEmpty() || segment.endOffset() > needs.below()) {
        return spare;
      }
      Optional<Map<String, LaneSpan>> wanted = wanted(segment, needs.lanes());
      boolean isFree = wanted.isPresent() && wanted.get().isEmpty();
      // From the first one that is kept for its age on, all are.
      boolean isKept =
          spare > 0
              || (!segment.header().isParked()
                  && segment.lastMicros() >= needs.keepFromMicros()
                  && diskBytes <= needs.keepBytesMax());
      if (isFree && isKept) {
        spare += segment.fileBytes();
      } else if (!isKept && (isFree || isWorthParking(segment, wanted, needs.parkShare()))) {
        diskBytes -= segment.fileBytes();
        if (isFree) {
          takeAway(segment, isOutOfOrder);
        } else {
          diskBytes += park(segment, needs.lanes());
          isOutOfOrder = true;
        }
      } else {
        isOutOfOrder = true;
      }
    }
    return spare;
  }

  /// The lanes that need something of the segment; empty where that cannot be told.
  private Optional<Map<String, LaneSpan>> wanted(Segment segment, Map<String, Long> from)
      throws IOException {
    if (from.values().stream().allMatch(offset -> offset >= segment.endOffset())) {
      return Optional.of(Map.of());
    }
    return LaneSpan.all(segments, segment)
        .map(spans -> {
          var wanted = new HashMap<String, LaneSpan>();
          from.forEach((lane, offset) -> {
            LaneSpan span = spans.get(lane);
            if (span != null && span.endOffset() > offset) {
              wanted.put(lane, span);
            }
          });
          return wanted;
        });
  }

  /// Copies take room before the original gives it back.
  private boolean isWorthParking(
      Segment segment, Optional<Map<String, LaneSpan>> wanted, double share) throws IOException {
    if (wanted.isEmpty()) {
      return false;
    }
    long needed = bytes(wanted.get().values());
    long all = bytes(LaneSpan.all(segments, segment).orElseThrow().values());
    return needed <= all * share && space.hasRoomToPark(needed);
  }

  private static long bytes(Collection<LaneSpan> spans) {
    return spans.stream().mapToLong(LaneSpan::bytes).sum();
  }

  private void takeAway(Segment segment, boolean isOutOfOrder) throws IOException {
    if (isOutOfOrder) {
      mark.release(segment.endOffset());
    }
    segments.remove(segment);
    doomed.add(segment);
    removeDoomed();
  }

  /// Returns how many bytes the copy takes.
  private long park(Segment segment, Map<String, Long> neededFrom) throws IOException {
    mark.release(segment.endOffset());
    Optional<Segment> parked = parking.park(segment, neededFrom);
    parked.ifPresentOrElse(copy -> segments.replace(segment, copy), () -> segments.remove(segment));
    doomed.add(segment);
    removeDoomed();
    return parked.map(Segment::fileBytes).orElse(0L);
  }

  /// Below it only what was needed of the segments there is left.
  long releasedBelow() {
    return mark.releasedBelow();
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
