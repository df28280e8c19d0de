package io.pulsegate.log;

import java.nio.ByteBuffer;

/// Where to begin reading a segment: one entry per granule of at least [LogConfig#indexBytes], with
/// the position of its first block, the first offset and the received time there.
///
/// One thread adds, any number may look things up.
final class SegmentIndex {
  private static final int WIDTH = 3;
  static final int ENTRY_BYTES = WIDTH * Long.BYTES;

  // Entries never change once counted in `size`, so a reader that takes `size` first is safe with
  // any
  // later table.
  private volatile long[] table = new long[WIDTH * 16];
  private volatile int size;

  int size() {
    return size;
  }

  /// The granule that a block at this position belongs to: the last one, or the next to be added.
  int granuleOf(long position, int indexBytes) {
    int last = size - 1;
    return last >= 0 && position - table[last * WIDTH] < indexBytes ? last : last + 1;
  }

  void add(long position, long firstOffset, long receivedMicros) {
    long[] entries = table;
    int count = size;
    int at = count * WIDTH;
    if (at == entries.length) {
      entries = java.util.Arrays.copyOf(entries, 2 * at);
    }
    entries[at] = position;
    entries[at + 1] = firstOffset;
    entries[at + 2] = receivedMicros;
    table = entries;
    size = count + 1;
  }

  long position(int granule) {
    return table[granule * WIDTH];
  }

  /// The last granule that begins at or below the offset, or -1.
  int byOffset(long offset) {
    return lastAtMost(1, offset);
  }

  /// The last granule that begins before the time, or -1.
  int before(long micros) {
    return lastAtMost(2, micros - 1);
  }

  private int lastAtMost(int column, long value) {
    int low = 0;
    int high = size - 1;
    long[] entries = table;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (entries[middle * WIDTH + column] <= value) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  int bytes() {
    return size * WIDTH * Long.BYTES;
  }

  void write(ByteBuffer to) {
    for (int i = 0; i < size * WIDTH; i++) {
      to.putLong(table[i]);
    }
  }

  static SegmentIndex read(ByteBuffer from) {
    var index = new SegmentIndex();
    while (from.remaining() >= WIDTH * Long.BYTES) {
      index.add(from.getLong(), from.getLong(), from.getLong());
    }
    return index;
  }
}
