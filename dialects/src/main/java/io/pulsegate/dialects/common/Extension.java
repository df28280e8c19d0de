package io.pulsegate.dialects.common;

import java.util.Arrays;

/// An object as it was sent, with fields added behind its own. Reusable, by one thread at a time.
public final class Extension {
  private byte[] buffer = new byte[1_024];
  private int length;
  private boolean empty;

  /// Starts with the object at `bytes[from, to)`. The place of a byte in the extension is its place
  /// in the object.
  public void begin(byte[] bytes, int from, int to) {
    length = 0;
    append(bytes, from, to - 1);
    empty = true;
    for (int i = from + 1; i < to - 1 && empty; i++) {
      empty = bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\n' || bytes[i] == '\r';
    }
  }

  /// Adds a field.
  ///
  /// @param name as JSON, with quotes and colon
  public void add(byte[] name, byte[] value, int from, int to) {
    if (!empty) {
      append(',');
    }
    empty = false;
    append(name, 0, name.length);
    append(value, from, to);
  }

  /// Ends the object.
  public void end() {
    append('}');
  }

  /// The object from index 0 up to [#length].
  public byte[] bytes() {
    return buffer;
  }

  public int length() {
    return length;
  }

  private void append(char c) {
    makeRoom(1);
    buffer[length++] = (byte) c;
  }

  private void append(byte[] bytes, int from, int to) {
    makeRoom(to - from);
    System.arraycopy(bytes, from, buffer, length, to - from);
    length += to - from;
  }

  private void makeRoom(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + more));
    }
  }
}
