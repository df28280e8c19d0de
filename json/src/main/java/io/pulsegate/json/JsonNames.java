package io.pulsegate.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// A fixed set of field names (or string values), prepared so that [JsonScanner#fieldIn] finds the
/// index of one in a few nanoseconds. Immutable; meant for a static constant.
public final class JsonNames {
  private static final int ENTRY_WORDS = 4;
  private static final int TAIL = 1;
  private static final int LENGTH = 2;
  private static final int INDEX = 3;
  private static final long FREE = -1;

  /// Open addressing. An entry is the name's first eight bytes, its last eight, its length ([#FREE]
  /// in an unused entry) and its index.
  private final long[] table;

  private final byte[][] names;

  private JsonNames(List<String> names) {
    this.names = new byte[names.size()][];
    this.table = new long[Integer.highestOneBit(Math.max(names.size(), 1)) * 8 * ENTRY_WORDS];
    Arrays.fill(table, FREE);
    for (int i = 0; i < names.size(); i++) {
      add(i, names.get(i));
    }
  }

  /// The names, found again by their index in this list.
  ///
  /// @throws IllegalArgumentException if a name is given twice
  public static JsonNames of(String... names) {
    return new JsonNames(List.of(names));
  }

  private void add(int index, String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    if (indexOf(utf8, 0, utf8.length) >= 0) {
      throw new IllegalArgumentException("name given twice: " + name);
    }
    names[index] = utf8;
    long head = Swar.head(utf8, 0, utf8.length);
    long tail = Swar.tail(utf8, 0, utf8.length);
    int entry = entry(head, tail, utf8.length);
    while (table[entry + LENGTH] != FREE) {
      entry = next(entry);
    }
    table[entry] = head;
    table[entry + TAIL] = tail;
    table[entry + LENGTH] = utf8.length;
    table[entry + INDEX] = index;
  }

  /// Index of the name that equals these bytes, or -1.
  int indexOf(byte[] bytes, int from, int to) {
    int length = to - from;
    long head = Swar.head(bytes, from, to);
    long tail = Swar.tail(bytes, from, to);
    for (int entry = entry(head, tail, length);
        table[entry + LENGTH] != FREE;
        entry = next(entry)) {
      if (table[entry] == head && table[entry + TAIL] == tail && table[entry + LENGTH] == length) {
        int index = (int) table[entry + INDEX];
        // Head and tail cover sixteen bytes.
        if (length <= 16 || Arrays.equals(names[index], 0, length, bytes, from, to)) {
          return index;
        }
      }
    }
    return -1;
  }

  /// Where in the table the search for a name begins.
  private int entry(long head, long tail, int length) {
    // 2^64 divided by the golden ratio spreads into the high bits.
    long mixed = (head * 31 + tail + length) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 32) & (table.length - ENTRY_WORDS);
  }

  private int next(int entry) {
    return entry + ENTRY_WORDS & (table.length - ENTRY_WORDS);
  }
}
