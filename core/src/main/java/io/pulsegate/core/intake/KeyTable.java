package io.pulsegate.core.intake;

/// Exact 128-bit keys with the checksum of the payload they came with: one generation of a lane's
/// window. Open addressing with linear probing (Knuth, volume 3, section 6.4); the place comes from
/// the keys' upper bits, which a keyed hash has made random. The key (0, 0) stands for an empty
/// slot.
final class KeyTable {
  /// Memory of one slot.
  static final int SLOT_BYTES = 2 * Long.BYTES + Integer.BYTES;

  /// Returned where there is no such key.
  static final long ABSENT = -1;

  /// Offset of the entry that the first key came with.
  final long firstOffset;

  private final int slots;
  private final long[] keys;
  private final int[] checksums;
  private int size;

  KeyTable(int slots, long firstOffset) {
    this.slots = slots;
    this.firstOffset = firstOffset;
    this.keys = new long[2 * slots];
    this.checksums = new int[slots];
  }

  int slots() {
    return slots;
  }

  int size() {
    return size;
  }

  long bytes() {
    return (long) slots * SLOT_BYTES;
  }

  /// A quarter stays empty, so that probes stay short.
  boolean isFull() {
    return size >= slots - slots / 4;
  }

  /// The checksum that came with the key, as an unsigned number, or [#ABSENT].
  long find(long high, long low) {
    for (int slot = home(high); ; slot = next(slot)) {
      long slotHigh = keys[2 * slot];
      long slotLow = keys[2 * slot + 1];
      if (slotHigh == high && slotLow == low) {
        return checksums[slot] & 0xffff_ffffL;
      }
      if ((slotHigh | slotLow) == 0) {
        return ABSENT;
      }
    }
  }

  /// Adds a key that is not there.
  void add(long high, long low, int checksum) {
    int slot = home(high);
    while ((keys[2 * slot] | keys[2 * slot + 1]) != 0) {
      slot = next(slot);
    }
    keys[2 * slot] = high;
    keys[2 * slot + 1] = low;
    checksums[slot] = checksum;
    size++;
  }

  /// The same keys with more room.
  KeyTable grownTo(int newSlots) {
    var grown = new KeyTable(newSlots, firstOffset);
    for (int slot = 0; slot < slots; slot++) {
      if ((keys[2 * slot] | keys[2 * slot + 1]) != 0) {
        grown.add(keys[2 * slot], keys[2 * slot + 1], checksums[slot]);
      }
    }
    return grown;
  }

  private int home(long high) {
    return (int) Math.unsignedMultiplyHigh(high, slots);
  }

  private int next(int slot) {
    return slot + 1 == slots ? 0 : slot + 1;
  }
}
