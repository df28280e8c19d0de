package io.pulsegate.json;

/// Questions about a valid JSON number, answered from its text; it is never converted to floating
/// point.
final class Numbers {
  /// PostgreSQL's numeric: its weight is a signed 16-bit count of groups of four digits.
  private static final int DIGITS_BEFORE_MAX = 131_072;

  /// PostgreSQL's numeric: its display scale has 14 bits. Written zeros count.
  private static final int DIGITS_AFTER_MAX = 16_383;

  /// PostgreSQL refuses a larger exponent unseen, even that of a zero.
  private static final int EXPONENT_MAX = Integer.MAX_VALUE / 2;

  private Numbers() {}

  /// Index behind the characters a number may consist of.
  static int extent(byte[] bytes, int from, int to) {
    int p = from;
    while (p < to && isNumberByte(bytes[p])) {
      p++;
    }
    return p;
  }

  private static boolean isNumberByte(byte b) {
    return isDigit(b) || b == '-' || b == '+' || b == '.' || b == 'e' || b == 'E';
  }

  static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /// Whether PostgreSQL's numeric cannot hold it (`numeric_in` and `make_result` in its numeric.c).
  static boolean exceedsNumeric(byte[] bytes, int from, int to) {
    int p = bytes[from] == '-' ? from + 1 : from;
    int significantFrom = -1; // digits before the first that is not zero
    int digits = 0;
    int before = -1; // digits before the decimal point
    for (; p < to && (bytes[p] | 0x20) != 'e'; p++) {
      if (bytes[p] == '.') {
        before = digits;
      } else {
        if (significantFrom < 0 && bytes[p] != '0') {
          significantFrom = digits;
        }
        digits++;
      }
    }
    if (before < 0) {
      before = digits;
    }
    int exponent = p < to ? exponent(bytes, p + 1, to) : 0;
    if (Math.abs(exponent) > EXPONENT_MAX || digits - before - exponent > DIGITS_AFTER_MAX) {
      return true;
    }
    return significantFrom >= 0 && before - significantFrom + exponent > DIGITS_BEFORE_MAX;
  }

  /// The exponent's value, held at just past the largest that PostgreSQL reads.
  private static int exponent(byte[] bytes, int from, int to) {
    boolean negative = bytes[from] == '-';
    long value = 0;
    for (int p = negative || bytes[from] == '+' ? from + 1 : from; p < to; p++) {
      value = Math.min(value * 10 + (bytes[p] - '0'), EXPONENT_MAX + 1L);
    }
    return (int) (negative ? -value : value);
  }

  /// The exact value if it is written as an integer (no point, no exponent) that fits a long, else
  /// `otherwise`.
  static long integerOr(byte[] bytes, int from, int to, long otherwise) {
    boolean negative = bytes[from] == '-';
    long value = 0; // kept negative, as the negative range is the wider one
    for (int p = negative ? from + 1 : from; p < to; p++) {
      int digit = bytes[p] - '0';
      if (digit < 0 || digit > 9 || value < (Long.MIN_VALUE + digit) / 10) {
        return otherwise;
      }
      value = value * 10 - digit;
    }
    if (!negative && value == Long.MIN_VALUE) {
      return otherwise;
    }
    return negative ? value : -value;
  }
}
