package io.pulsegate.api;

import java.nio.charset.StandardCharsets;

/// The range `array[from, to)` of shared bytes; compared by identity.
public final class Bytes {
  private final byte[] array;
  private final int from;
  private final int to;

  /// The range `array[from, to)`, not copied.
  public Bytes(byte[] array, int from, int to) {
    this.array = array;
    this.from = from;
    this.to = to;
  }

  /// A whole array, not copied.
  public static Bytes of(byte[] array) {
    return new Bytes(array, 0, array.length);
  }

  /// The bytes of a text in UTF-8.
  public static Bytes of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] array() {
    return array;
  }

  public int from() {
    return from;
  }

  public int to() {
    return to;
  }

  public int length() {
    return to - from;
  }

  /// The bytes read as UTF-8.
  @Override
  public String toString() {
    return new String(array, from, to - from, StandardCharsets.UTF_8);
  }
}
