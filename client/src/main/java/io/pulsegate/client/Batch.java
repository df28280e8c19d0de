package io.pulsegate.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The events of one request, one behind the other, framed as the format wants it. Used again for
/// every request; the sender's.
final class Batch {
  private final WireFormat format;
  private byte[] bytes = new byte[64 * 1024];
  private int[] starts = new int[512];
  private int[] lengths = new int[512];
  private int size;
  private int count;

  Batch(WireFormat format) {
    this.format = format;
  }

  void clear() {
    byte[] opening = format.opening();
    System.arraycopy(opening, 0, bytes, 0, opening.length);
    size = opening.length;
    count = 0;
  }

  /// Ends the body; nothing can be added any more.
  void end() {
    byte[] closing = format.closing();
    if (closing.length > 0) { // in the place of the last separator
      makeRoom(closing.length);
      System.arraycopy(closing, 0, bytes, size - 1, closing.length);
      size += closing.length - 1;
    }
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
    makeRoom(length + 1);
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, count * 2);
      lengths = Arrays.copyOf(lengths, count * 2);
    }
    starts[count] = size;
    lengths[count++] = length;
    segment.read(position, bytes, size);
    size += length;
    bytes[size++] = format.separator();
  }

  private void makeRoom(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  /// One event as it is sent.
  String event(int index) {
    return new String(bytes, starts[index], lengths[index], StandardCharsets.UTF_8);
  }
}
