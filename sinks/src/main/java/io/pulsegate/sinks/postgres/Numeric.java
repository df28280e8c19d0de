package io.pulsegate.sinks.postgres;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/// PostgreSQL's numeric in its binary form (`numeric_recv` in numeric.c), big-endian: i16 count of
/// digits, i16 weight of the first, u16 sign, u16 decimal digits behind the point, then the digits
/// as i16. A digit is a group of four decimal ones, 0 to 9999; its weight is a power of 10000.
final class Numeric {
  private static final int GROUP = 4;
  private static final short NEGATIVE = 0x4000;

  private Numeric() {}

  /// @param value with a weight that fits, which the front door's flag for large numbers says
  static byte[] encode(BigDecimal value) {
    int exponent = Math.floorDiv(-value.scale(), GROUP);
    BigInteger whole =
        value
            .unscaledValue()
            .abs()
            .multiply(BigInteger.TEN.pow(Math.floorMod(-value.scale(), GROUP)));
    String digits = whole.signum() == 0 ? "" : whole.toString();
    int groups = (digits.length() + GROUP - 1) / GROUP;
    int used = groups;
    while (used > 0 && group(digits, groups, used - 1) == 0) {
      used--;
    }
    ByteBuffer bytes = ByteBuffer.allocate(8 + 2 * used);
    bytes.putShort((short) used);
    bytes.putShort((short) (used == 0 ? 0 : groups - 1 + exponent));
    bytes.putShort(value.signum() < 0 ? NEGATIVE : 0);
    bytes.putShort((short) Math.max(value.scale(), 0));
    for (int i = 0; i < used; i++) {
      bytes.putShort(group(digits, groups, i));
    }
    return bytes.array();
  }

  /// Group `i`, counted from the left.
  private static short group(String digits, int groups, int i) {
    int end = digits.length() - GROUP * (groups - 1 - i);
    return Short.parseShort(digits.substring(Math.max(end - GROUP, 0), end));
  }
}
