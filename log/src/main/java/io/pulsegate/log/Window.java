package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// A stretch of a segment file in memory, read ahead in whole pages. One thread.
final class Window {
  static final int BYTES = 256 * 1024;

  private ByteBuffer buffer;
  private long start;
  private int length;

  Window(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  ByteBuffer buffer() {
    return buffer;
  }

  void clear() {
    length = 0;
  }

  /// Where a position that [#ensure] has brought in stands in the buffer.
  int at(long position) {
    return (int) (position - start);
  }

  /// Whether the range is in the buffer.
  boolean holds(long position, int bytes) {
    return position >= start && position + bytes <= start + length;
  }

  /// Brings the range into the buffer. Reads nothing at or after `limit`, rounded up to a page.
  ///
  /// @return false when the file or the limit ends before it
  boolean ensure(DiskFile file, long position, int bytes, long limit) throws IOException {
    if (holds(position, bytes)) {
      return true;
    }
    long from = Format.pageDown(position);
    long end = Format.pageUp(limit);
    if (position + bytes > end) {
      return false;
    }
    int needed = (int) Format.pageUp(position + bytes - from);
    if (needed > buffer.capacity()) {
      buffer = Format.pages(needed);
    }
    buffer.position(0).limit((int) Math.min(buffer.capacity(), end - from));
    length = 0;
    start = from;
    length = file.read(buffer, from);
    buffer.clear();
    return holds(position, bytes);
  }
}
