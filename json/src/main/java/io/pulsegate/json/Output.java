package io.pulsegate.json;

import java.util.Arrays;

/// Bytes that grow. Callers make room first, then write into [#bytes] and move [#size].
final class Output {
  byte[] bytes;
  int size;

  Output(int capacityBytes) {
    this.bytes = new byte[capacityBytes];
  }

  void room(int wantedBytes) {
    if (bytes.length - size < wantedBytes) {
      int needed = Math.addExact(size, wantedBytes);
      bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * size, 1 << 30)));
    }
  }

  void append(int b) {
    room(1);
    bytes[size++] = (byte) b;
  }

  void append(byte[] source, int from, int to) {
    room(to - from);
    System.arraycopy(source, from, bytes, size, to - from);
    size += to - from;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }
}
