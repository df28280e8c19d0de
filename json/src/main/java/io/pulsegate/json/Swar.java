package io.pulsegate.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Eight bytes at a time ("SIMD within a register"). The first byte in memory is the lowest of the
/// word. See Warren, Hacker's Delight, 2nd edition, section 6-1.
final class Swar {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle HALVES =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long SPACES = ' ' * ONES;
  private static final long ZEROS = '0' * ONES;
  private static final long ABOVE_NINE = (0x7f - 9) * ONES; // carries 10 and more into the high bit
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;

  private Swar() {}

  static long word(byte[] bytes, int at) {
    return (long) WORDS.get(bytes, at);
  }

  /// Half a word: four bytes.
  static int half(byte[] bytes, int at) {
    return (int) HALVES.get(bytes, at);
  }

  /// The high bit of each byte that is a quote. Only the lowest set bit is to be trusted, as a
  /// borrow may mark a byte above it, and bytes that are not ASCII may be marked too.
  static long quotes(long word) {
    return ((word ^ QUOTES) - ONES) & HIGH_BITS;
  }

  /// The high bit of each byte that is a backslash, a control character or not ASCII. Only the
  /// lowest set bit is to be trusted.
  static long oddText(long word) {
    return (((word ^ BACKSLASHES) - ONES) | ((word - SPACES) | word)) & HIGH_BITS;
  }

  /// Whether a bit is set up to and including the lowest of `bound`; anywhere where `bound` is 0.
  static boolean anyBefore(long bits, long bound) {
    return (bits & (bound ^ (bound - 1))) != 0;
  }

  /// How many of the word's first bytes are spaces.
  static int leadingSpaces(long word) {
    return Long.numberOfTrailingZeros(word ^ SPACES) >>> 3;
  }

  /// How many of the word's first bytes are digits.
  static int leadingDigits(long word) {
    long values = word ^ ZEROS; // digits become 0 to 9, all else more
    return Long.numberOfTrailingZeros((values + ABOVE_NINE | values) & HIGH_BITS) >>> 3;
  }

  /// Index within the word of the byte that the lowest set bit belongs to.
  static int firstByte(long bits) {
    return Long.numberOfTrailingZeros(bits) >>> 3;
  }

  /// The first eight bytes of a range, or all of a shorter one filled up with zeros.
  static long head(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length >= Long.BYTES) {
      return word(bytes, from);
    }
    if (bytes.length - from >= Long.BYTES) {
      return word(bytes, from) & ((1L << (length * Byte.SIZE)) - 1);
    }
    long word = 0;
    for (int p = to - 1; p >= from; p--) {
      word = word << Byte.SIZE | (bytes[p] & 0xff);
    }
    return word;
  }

  /// The last eight bytes of a range, or 0 for a shorter one.
  static long tail(byte[] bytes, int from, int to) {
    return to - from >= Long.BYTES ? word(bytes, to - Long.BYTES) : 0;
  }
}
