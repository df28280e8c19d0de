package io.pulsegate.api;

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012; reference implementation's
/// `siphash.c` with `outlen` 16): a keyed hash, so that senders cannot construct collisions.
///
/// Holds the result of the last [#hash]; one thread at a time.
public final class SipHash128 {
  private final long keyLow;
  private final long keyHigh;
  private long v0;
  private long v1;
  private long v2;
  private long v3;
  private long low;
  private long high;

  public SipHash128(long keyLow, long keyHigh) {
    this.keyLow = keyLow;
    this.keyHigh = keyHigh;
  }

  /// Hashes `bytes[from, to)`; [#low] and [#high] then give the result.
  public void hash(byte[] bytes, int from, int to) {
    v0 = keyLow ^ 0x736f6d6570736575L;
    v1 = keyHigh ^ 0x646f72616e646f6dL ^ 0xee;
    v2 = keyLow ^ 0x6c7967656e657261L;
    v3 = keyHigh ^ 0x7465646279746573L;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      compress((long) EventBlock.LONG.get(bytes, at));
    }
    long last = (long) (to - from) << 56;
    for (int shift = 0; at < to; at++, shift += 8) {
      last |= (bytes[at] & 0xffL) << shift;
    }
    compress(last);
    v2 ^= 0xee;
    finish();
    low = v0 ^ v1 ^ v2 ^ v3;
    v1 ^= 0xdd;
    finish();
    high = v0 ^ v1 ^ v2 ^ v3;
  }

  public long low() {
    return low;
  }

  public long high() {
    return high;
  }

  private void compress(long word) {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }

  private void finish() {
    round();
    round();
    round();
    round();
  }

  private void round() {
    v0 += v1;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v3;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 += v3;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 += v1;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v2 = Long.rotateLeft(v2, 32);
  }
}
