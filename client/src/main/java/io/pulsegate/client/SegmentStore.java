package io.pulsegate.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the outbox gets its segments from: the heap, or the files of a spool.
interface SegmentStore extends AutoCloseable {
  /// The segments that hold events from before, oldest first; asked once, at the start.
  List<Segment> recovered();

  /// How many events they hold.
  long recoveredEvents();

  /// Bytes that could not be read at the start.
  long damagedBytes();

  /// Longest record that fits.
  int recordBytesMax();

  /// A segment with room for a record; null where none is ready. Never blocks.
  @Nullable Segment take(int length);

  /// Something was appended.
  void appended();

  /// Everything up to the segment's [Segment#settled] needs no second sending.
  void settled(Segment segment);

  /// Nothing in it is needed any more, and nothing comes into it.
  void release(Segment segment);

  /// Whether a fully settled segment may be filled again from its start.
  boolean canRewind();

  /// Whether what is queued at `close` is sent after the next start.
  boolean survivesClose();

  @Override
  void close();
}
