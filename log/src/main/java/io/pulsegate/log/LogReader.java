package io.pulsegate.log;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the durable frames of a log in order, all or one lane's. Used by one thread at a time, of
/// any kind: each reader has file handles of its own, and an interrupt neither disturbs a poll nor
/// the log.
public final class LogReader implements AutoCloseable {
  private final Segments segments;
  private final Optional<String> lane;
  private final long untilOffset;

  private long offset;
  private @Nullable SegmentReader current;
  private boolean closed;

  LogReader(Segments segments, long fromOffset, Optional<String> lane, long untilOffset) {
    this.segments = segments;
    this.offset = fromOffset;
    this.lane = lane;
    this.untilOffset = untilOffset;
  }

  /// Where the reader stands: everything of its lane below this offset has been returned.
  public long offset() {
    return offset;
  }

  /// The next frames: as many as it takes to reach `maxBytes` of bodies, and at least one where
  /// there is one. The first may begin below the offset asked for. Does not wait: empty at the end
  /// of what is durable, or at the bound. Damaged frames are passed over and counted in [LogStats].
  /// Where the log was trimmed beyond the offset it goes on with what is there.
  ///
  /// @throws LogException IO_FAILED when the disk cannot be read, CLOSED after [#close]
  public List<Frame> poll(int maxBytes) {
    if (closed) {
      throw new LogException(LogException.Code.CLOSED, "this reader is closed");
    }
    Tail tail = segments.tail();
    var frames = new ArrayList<Frame>();
    try {
      long bytes = 0;
      while (offset < Math.min(tail.endOffset(), untilOffset)
          && (frames.isEmpty() || bytes < maxBytes)) {
        SegmentReader segment = current();
        if (segment.next(Segments.limit(segment.segment(), tail))) {
          bytes += take(segment, frames);
        } else if (segment.segment() == tail.segment()) {
          offset = Math.min(tail.endOffset(), untilOffset);
        } else {
          leave(segment);
        }
      }
    } catch (NoSuchFileException e) {
      trimmedAway(e);
      return frames.isEmpty() ? poll(maxBytes) : frames;
    } catch (IOException e) {
      throw new LogException(
          LogException.Code.IO_FAILED, "reading the log at offset " + offset + " failed: " + e, e);
    }
    return frames;
  }

  /// An interrupt closed the file after its segment had been trimmed: the next poll goes on behind
  /// it.
  private void trimmedAway(NoSuchFileException cause) {
    SegmentReader gone = current;
    if (gone == null || segments.all().containsValue(gone.segment())) {
      throw new LogException(
          LogException.Code.IO_FAILED, "the segment at offset " + offset + " is missing", cause);
    }
    current = null;
  }

  private int take(SegmentReader segment, List<Frame> frames) throws IOException {
    FrameHeader header = segment.frame();
    if (header.endOffset() <= offset) {
      return 0;
    }
    if (header.firstOffset >= untilOffset) {
      offset = untilOffset;
      return 0;
    }
    int bytes = 0;
    if (segment.isWanted()) {
      frames.add(segment.copy());
      bytes = header.bodyBytes;
    }
    offset = header.endOffset();
    return bytes;
  }

  private SegmentReader current() throws IOException {
    while (current == null) {
      Segment segment = segments.at(offset).orElseThrow();
      try {
        current = SegmentReader.fromOffset(segments, segment, offset, lane);
      } catch (NoSuchFileException e) {
        if (segments.all().containsValue(segment)) {
          throw e;
        }
        // Trimmed since it was looked up: the next look finds another.
      }
    }
    return current;
  }

  /// Goes on to the segment after a finished one.
  private void leave(SegmentReader segment) throws IOException {
    current = null;
    segment.close();
    segments
        .after(segment.segment())
        .ifPresent(next -> offset = Math.max(offset, next.firstOffset()));
  }

  @Override
  public void close() {
    closed = true;
    SegmentReader open = current;
    current = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new LogException(LogException.Code.IO_FAILED, "closing a reader failed: " + e, e);
      }
    }
  }
}
