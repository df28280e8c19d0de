package io.pulsegate.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The newest synced bytes of the open segment, so that those who read at the log's end ask the
/// disk for nothing: blocks are written past the page cache. A ring; the committer writes, any
/// thread reads.
///
/// It says nothing about how far one may read: that is [Tail]'s affair, for the disk and for this.
final class MemoryTail {
  private final ByteBuffer ring;
  private @Nullable Segment of;
  private long from;
  private long to;

  MemoryTail(int bytes) {
    this.ring = ByteBuffer.allocateDirect(bytes);
  }

  /// Remembers a block that is synced. Committer only.
  synchronized void synced(Segment segment, long position, ByteBuffer block) {
    if (segment != of || position != to) {
      of = segment;
      from = position;
      to = position;
    }
    int begin = Math.max(block.position(), block.limit() - ring.capacity());
    to += block.remaining();
    for (int at = begin; at < block.limit(); ) {
      int index = index(to - (block.limit() - at));
      int bytes = Math.min(block.limit() - at, ring.capacity() - index);
      ring.put(index, block, at, bytes);
      at += bytes;
    }
    from = Math.max(from, to - ring.capacity());
  }

  /// Fills the buffer from its position on, if all of it is here; else does nothing.
  synchronized boolean read(Segment segment, ByteBuffer into, long position) {
    if (segment != of || position < from || position + into.remaining() > to) {
      return false;
    }
    long at = position;
    while (into.hasRemaining()) {
      int index = index(at);
      int bytes = Math.min(into.remaining(), ring.capacity() - index);
      into.put(into.position(), ring, index, bytes);
      into.position(into.position() + bytes);
      at += bytes;
    }
    return true;
  }

  private int index(long position) {
    return (int) (position % ring.capacity());
  }
}
