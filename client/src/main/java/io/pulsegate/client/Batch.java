package io.pulsegate.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The events of one request, one behind the other with a line end after each. Used again for every
/// request; the sender's.
final class Batch {
  private byte[] bytes = new byte[64 * 1024];
  private int[] starts = new int[512];
  private int size;
  private int count;

  void clear() {
    size = 0;
    count = 0;
  }

  /// Events in it.
  int count() {
    return count;
  }

  /// Bytes in it.
  int size() {
    return size;
  }

  byte[] array() {
    return bytes;
  }

  void add(Segment segment, int position) {
    int length = segment.lengthAt(position);
    if (size + length + 1 > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + length + 1));
    }
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
    }
    starts[count++] = size;
    segment.read(position, bytes, size);
    size += length;
    bytes[size++] = '\n';
  }

  /// One event as it is sent.
  String event(int index) {
    int end = index + 1 < count ? starts[index + 1] : size;
    return new String(bytes, starts[index], end - 1 - starts[index], StandardCharsets.UTF_8);
  }
}
