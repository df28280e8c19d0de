package io.pulsegate.bench.load;

/// The ids of generated events: random-looking UUIDs (version 4) computed from a seed and the
/// number of the event, so that a retry, or a second run with the same seed, sends the same ones.
public final class EventIds {
  /// Characters of an id.
  public static final int LENGTH = 36;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final byte[] HEX = {
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
  };

  private EventIds() {}

  /// The upper half of the id of event `sequence`.
  public static long high(long seed, long sequence) {
    return (mix(seed + GOLDEN * (2 * sequence)) & ~0xF000L) | 0x4000L;
  }

  /// The lower half of the id of event `sequence`.
  public static long low(long seed, long sequence) {
    return (mix(seed + GOLDEN * (2 * sequence + 1)) >>> 2) | 0x8000_0000_0000_0000L;
  }

  /// Writes the id as text to `target[at .. at + 36)`.
  public static void write(byte[] target, int at, long high, long low) {
    hex(target, at, high >>> 32, 8);
    target[at + 8] = '-';
    hex(target, at + 9, high >>> 16, 4);
    target[at + 13] = '-';
    hex(target, at + 14, high, 4);
    target[at + 18] = '-';
    hex(target, at + 19, low >>> 48, 4);
    target[at + 23] = '-';
    hex(target, at + 24, low, 12);
  }

  private static void hex(byte[] target, int at, long value, int digits) {
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      target[i] = HEX[(int) (rest & 15)];
      rest >>>= 4;
    }
  }

  /// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): a bijection that scatters.
  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
