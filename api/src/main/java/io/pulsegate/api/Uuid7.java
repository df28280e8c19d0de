package io.pulsegate.api;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/// Makes UUIDs of version 7 (RFC 9562, section 5.7) as text: milliseconds, then random bits.
final class Uuid7 {
  static final int TEXT_BYTES = 36;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private Uuid7() {}

  /// Writes one into `target`, which has [#TEXT_BYTES] bytes.
  static void write(long millis, RandomGenerator random, byte[] target) {
    long high = (millis << 16) | 0x7000 | (random.nextLong() & 0xfff);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    int at = digits(high >>> 32, 8, target, 0);
    target[at++] = '-';
    at = digits(high >>> 16, 4, target, at);
    target[at++] = '-';
    at = digits(high, 4, target, at);
    target[at++] = '-';
    at = digits(low >>> 48, 4, target, at);
    target[at++] = '-';
    digits(low, 12, target, at);
  }

  /// The lowest `count` hexadecimal digits; returns the index behind them.
  private static int digits(long value, int count, byte[] target, int at) {
    long rest = value;
    for (int i = at + count - 1; i >= at; i--) {
      target[i] = HEX[(int) (rest & 0xf)];
      rest >>>= 4;
    }
    return at + count;
  }
}
