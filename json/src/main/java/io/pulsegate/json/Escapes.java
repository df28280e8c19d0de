package io.pulsegate.json;

import java.util.Arrays;

/// The escapes of JSON strings (RFC 8259, section 7).
final class Escapes {
  static final int REPLACEMENT = 0xfffd;
  private static final byte[] HEX = hexTable();

  private Escapes() {}

  private static byte[] hexTable() {
    byte[] table = new byte[256];
    Arrays.fill(table, (byte) -1);
    for (int digit = 0; digit < 16; digit++) {
      table[Character.forDigit(digit, 16)] = (byte) digit;
      table[Character.toUpperCase(Character.forDigit(digit, 16))] = (byte) digit;
    }
    return table;
  }

  static boolean isHex(byte b) {
    return HEX[b & 0xff] >= 0;
  }

  /// The UTF-16 unit written as the four bytes at `at`; negative when one of them is no hex digit.
  static int unit(byte[] bytes, int at) {
    return HEX[bytes[at] & 0xff] << 12
        | HEX[bytes[at + 1] & 0xff] << 8
        | HEX[bytes[at + 2] & 0xff] << 4
        | HEX[bytes[at + 3] & 0xff];
  }

  static boolean isHighHalf(int unit) {
    return (unit & 0xfc00) == 0xd800;
  }

  static boolean isLowHalf(int unit) {
    return (unit & 0xfc00) == 0xdc00;
  }

  /// Whether an escaped low half of a surrogate pair begins at `at`, where its backslash would be.
  static boolean isLowHalfAt(byte[] bytes, int at, int to) {
    return to - at >= 6
        && bytes[at] == '\\'
        && bytes[at + 1] == 'u'
        && isLowHalf(unit(bytes, at + 2));
  }

  /// Decodes valid JSON text (what stands between the quotes) to UTF-8. A lone surrogate becomes
  /// U+FFFD. The result is never longer than the text; returns the index behind it.
  static int decode(byte[] bytes, int from, int to, byte[] target, int targetFrom) {
    int in = from;
    int out = targetFrom;
    while (in < to) {
      byte b = bytes[in++];
      if (b != '\\') {
        target[out++] = b;
      } else if (bytes[in] != 'u') {
        target[out++] = meaning(bytes[in++]);
      } else {
        int unit = unit(bytes, in + 1);
        in += 5;
        int codePoint = unit;
        if (isHighHalf(unit) && isLowHalfAt(bytes, in, to)) {
          codePoint = Character.toCodePoint((char) unit, (char) unit(bytes, in + 2));
          in += 6;
        } else if (isHighHalf(unit) || isLowHalf(unit)) {
          codePoint = REPLACEMENT;
        }
        out = Utf8.encode(codePoint, target, out);
      }
    }
    return out;
  }

  /// What the letter behind a backslash stands for.
  private static byte meaning(byte letter) {
    return (byte)
        switch (letter) {
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          default -> letter; // quote, backslash and slash stand for themselves
        };
  }
}
