package io.pulsegate.json;

/// UTF-8 as RFC 3629 has it.
final class Utf8 {
  private Utf8() {}

  /// Bytes of the well-formed sequence at `at`, which starts with a non-ASCII byte; 0 when it is
  /// malformed: overlong, a surrogate, above U+10FFFF, or cut off by `to`.
  static int sequenceLength(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xff;
    int left = to - at;
    if (lead < 0xe0) {
      return lead >= 0xc2 && left >= 2 && isContinuation(bytes[at + 1]) ? 2 : 0;
    }
    if (lead < 0xf0) {
      return left >= 3 && isThreeBytes(lead, bytes[at + 1], bytes[at + 2]) ? 3 : 0;
    }
    boolean valid = left >= 4 && isFourBytes(lead, bytes[at + 1], bytes[at + 2], bytes[at + 3]);
    return valid ? 4 : 0;
  }

  private static boolean isThreeBytes(int lead, byte second, byte third) {
    int top = (lead & 0xf) << 6 | (second & 0x3f); // the code point's upper ten bits
    boolean overlong = top < 0x800 >> 6;
    boolean surrogate = top >= 0xd800 >> 6 && top < 0xe000 >> 6;
    return isContinuation(second) && isContinuation(third) && !overlong && !surrogate;
  }

  private static boolean isFourBytes(int lead, byte second, byte third, byte fourth) {
    int top = (lead & 0xf) << 6 | (second & 0x3f); // the code point's upper bits, from bit 12
    return top >= 0x10000 >> 12
        && top < 0x110000 >> 12
        && isContinuation(second)
        && isContinuation(third)
        && isContinuation(fourth);
  }

  private static boolean isContinuation(byte b) {
    return b < (byte) 0xc0; // signed: 0x80 to 0xbf are the lowest sixty-four
  }

  /// Writes a code point that is no surrogate; returns the index behind it.
  static int encode(int codePoint, byte[] target, int at) {
    if (codePoint < 0x80) {
      target[at] = (byte) codePoint;
      return at + 1;
    }
    if (codePoint < 0x800) {
      target[at] = (byte) (0xc0 | codePoint >> 6);
      target[at + 1] = continuation(codePoint);
      return at + 2;
    }
    if (codePoint < 0x10000) {
      target[at] = (byte) (0xe0 | codePoint >> 12);
      target[at + 1] = continuation(codePoint >> 6);
      target[at + 2] = continuation(codePoint);
      return at + 3;
    }
    target[at] = (byte) (0xf0 | codePoint >> 18);
    target[at + 1] = continuation(codePoint >> 12);
    target[at + 2] = continuation(codePoint >> 6);
    target[at + 3] = continuation(codePoint);
    return at + 4;
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3f));
  }
}
