package io.pulsegate.core.intake;

/// Exact 128-bit keys with the checksum of the payload they came with: one generation of a lane's
/// window. Open addressing with linear probing (Knuth, volume 3, section 6.4); the place comes from
/// the keys' upper bits, which a keyed hash has made random. The key (0, 0) stands for an empty
/// slot.
///
/// Each key remembers its place in the order of arrival, in 256ths of what the table may hold, so
/// that the older half can be given up alone ([#newerHalf]).
final class KeyTable {
  /// Memory of one slot.
  static final int SLOT_BYTES = 2 * Long.BYTES + Integer.BYTES + Byte.BYTES;

  private static final int AGES = 256;

  /// Returned where there is no such key.
  static final long ABSENT = -1;

  /// No key came with an entry below this offset; the oldest came with it, until some were given
  /// up.
  final long firstOffset;

  private final int slots;
  private final long[] keys;
  private final int[] checksums;
  private final byte[] ages;
  private int size;

  KeyTable(int slots, long firstOffset) {
    this.slots = slots;
    this.firstOffset = firstOffset;
    this.keys = new long[2 * slots];
    this.checksums = new int[slots];
    this.ages = new byte[slots];
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
    return size >= capacity();
  }

  private int capacity() {
    return slots - slots / 4;
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

  /// Reads where the key would be and waits for nothing, so that many can be fetched from memory at
  /// the same time before each is looked for.
  long touch(long high) {
    return keys[2 * home(high)];
  }

  /// Adds a key that is not there.
  void add(long high, long low, int checksum) {
    put(high, low, checksum, age(size));
  }

  /// The age of the key that came as number `order`; the oldest has the lowest.
  private int age(long order) {
    return (int) Math.min(AGES - 1, order * AGES / capacity());
  }

  private void put(long high, long low, int checksum, int age) {
    int slot = home(high);
    while (isTaken(slot)) {
      slot = next(slot);
    }
    keys[2 * slot] = high;
    keys[2 * slot + 1] = low;
    checksums[slot] = checksum;
    ages[slot] = (byte) age;
    size++;
  }

  private boolean isTaken(int slot) {
    return (keys[2 * slot] | keys[2 * slot + 1]) != 0;
  }

  /// The same keys with more room.
  KeyTable grownTo(int newSlots) {
    var grown = new KeyTable(newSlots, firstOffset);
    copyFrom(0, grown);
    return grown;
  }

  /// The newer half of the keys, in half the room.
  KeyTable newerHalf() {
    var half = new KeyTable(slots / 2, firstOffset);
    copyFrom((age(size - 1L) + 1) / 2, half);
    return half;
  }

  /// Copies the keys from that age on; what was oldest of them is oldest there.
  private void copyFrom(int ageMin, KeyTable to) {
    for (int slot = 0; slot < slots; slot++) {
      int age = Byte.toUnsignedInt(ages[slot]);
      if (isTaken(slot) && age >= ageMin) {
        long order = (age - ageMin) * (long) capacity() / AGES;
        to.put(keys[2 * slot], keys[2 * slot + 1], checksums[slot], to.age(order));
      }
    }
  }

  private int home(long high) {
    return (int) Math.unsignedMultiplyHigh(high, slots);
  }

  private int next(int slot) {
    return slot + 1 == slots ? 0 : slot + 1;
  }
}
