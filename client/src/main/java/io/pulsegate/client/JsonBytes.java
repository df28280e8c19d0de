package io.pulsegate.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// JSON being written, as UTF-8 in an array that grows and is used again. Not safe for threads.
final class JsonBytes {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  /// An array larger than this is not kept for the next use.
  private static final int KEPT_BYTES_MAX = 1 << 16;

  /// Most bytes that one character becomes: an escape.
  private static final int CHAR_BYTES_MAX = 6;

  private static final int LONG_DIGITS_MAX = 20;

  private byte[] bytes;
  private int size;

  JsonBytes(int expectedBytes) {
    this.bytes = new byte[expectedBytes];
  }

  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
    if (bytes.length > KEPT_BYTES_MAX) {
      bytes = new byte[256];
    }
  }

  JsonBytes ascii(byte[] text) {
    return bytes(text, text.length);
  }

  JsonBytes bytes(byte[] source, int length) {
    makeRoom(length);
    System.arraycopy(source, 0, bytes, size, length);
    size += length;
    return this;
  }

  JsonBytes raw(char ascii) {
    makeRoom(1);
    bytes[size++] = (byte) ascii;
    return this;
  }

  /// Characters that need no escape and no encoding.
  JsonBytes plain(String ascii) {
    int length = ascii.length();
    makeRoom(length);
    for (int i = 0; i < length; i++) {
      bytes[size++] = (byte) ascii.charAt(i);
    }
    return this;
  }

  JsonBytes number(long value) {
    makeRoom(LONG_DIGITS_MAX);
    if (value < 0) {
      bytes[size++] = '-';
    }
    int from = size;
    long rest = value;
    do {
      bytes[size++] = (byte) ('0' + Math.abs(rest % 10));
      rest /= 10;
    } while (rest != 0);
    for (int low = from, high = size - 1; low < high; low++, high--) {
      byte swapped = bytes[low];
      bytes[low] = bytes[high];
      bytes[high] = swapped;
    }
    return this;
  }

  /// A number; `null` where it is none (JSON knows neither infinity nor NaN).
  JsonBytes number(double value) {
    return plain(Double.isFinite(value) ? Double.toString(value) : "null");
  }

  /// A string with its quotes. Half of a surrogate pair becomes U+FFFD: it has no UTF-8.
  JsonBytes string(CharSequence text) {
    int length = text.length();
    makeRoom(length + 2 + CHAR_BYTES_MAX);
    bytes[size++] = '"';
    for (int i = 0; i < length; i++) {
      makeRoom(CHAR_BYTES_MAX);
      char c = text.charAt(i);
      if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
        bytes[size++] = (byte) c;
      } else if (c < 0x80) {
        escape(c);
      } else if (c < 0x800) {
        bytes[size++] = (byte) (0xc0 | (c >> 6));
        bytes[size++] = (byte) (0x80 | (c & 0x3f));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        fourBytes(Character.toCodePoint(c, text.charAt(++i)));
      } else {
        threeBytes(Character.isSurrogate(c) ? '\ufffd' : c);
      }
    }
    return raw('"');
  }

  private void escape(char c) {
    bytes[size++] = '\\';
    switch (c) {
      case '"', '\\' -> bytes[size++] = (byte) c;
      case '\n' -> bytes[size++] = 'n';
      case '\r' -> bytes[size++] = 'r';
      case '\t' -> bytes[size++] = 't';
      default -> {
        bytes[size++] = 'u';
        bytes[size++] = '0';
        bytes[size++] = '0';
        bytes[size++] = HEX[c >> 4];
        bytes[size++] = HEX[c & 0xf];
      }
    }
  }

  private void threeBytes(char c) {
    bytes[size++] = (byte) (0xe0 | (c >> 12));
    bytes[size++] = (byte) (0x80 | ((c >> 6) & 0x3f));
    bytes[size++] = (byte) (0x80 | (c & 0x3f));
  }

  private void fourBytes(int codePoint) {
    bytes[size++] = (byte) (0xf0 | (codePoint >> 18));
    bytes[size++] = (byte) (0x80 | ((codePoint >> 12) & 0x3f));
    bytes[size++] = (byte) (0x80 | ((codePoint >> 6) & 0x3f));
    bytes[size++] = (byte) (0x80 | (codePoint & 0x3f));
  }

  /// A UUID of version 7 (RFC 9562, section 5.7), with its quotes.
  JsonBytes uuid7(long millis, long randomHigh, long randomLow) {
    makeRoom(38);
    long high = (millis << 16) | 0x7000 | (randomHigh & 0xfff);
    long low = (randomLow & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    bytes[size++] = '"';
    hex(high >>> 32, 8);
    bytes[size++] = '-';
    hex(high >>> 16, 4);
    bytes[size++] = '-';
    hex(high, 4);
    bytes[size++] = '-';
    hex(low >>> 48, 4);
    bytes[size++] = '-';
    hex(low, 12);
    bytes[size++] = '"';
    return this;
  }

  private void hex(long value, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[(int) (value >>> shift) & 0xf];
    }
  }

  private void makeRoom(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  @Override
  public String toString() {
    return new String(bytes, 0, size, StandardCharsets.UTF_8);
  }
}
