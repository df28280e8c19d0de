package io.pulsegate.bench.verify;

/// A map from 128-bit ids to a small count and marks: open addressing over plain arrays, so that
/// ten million ids take about 300 MB. The all-zero id is no id.
final class IdTable {
  /// The id was acknowledged.
  static final int ACKNOWLEDGED = 1;

  /// The id was acknowledged and belongs to a poisonous event.
  static final int POISON = 2;

  private static final int MARK_BITS = 2;
  private static final int MARKS = (1 << MARK_BITS) - 1;
  private static final int COUNT_MAX = 15;
  private static final int STORE_BITS = 4;

  private long[] high;
  private long[] low;
  // Bits 0-1: marks; 2-5: times seen in the sink; 6-9: times seen among dead letters.
  private short[] states;
  private int size;

  IdTable(int expected) {
    // A power of two, at most two thirds full.
    int capacity = Integer.highestOneBit(Math.clamp(expected * 3L / 2, 16, 1 << 28)) << 1;
    high = new long[capacity];
    low = new long[capacity];
    states = new short[capacity];
  }

  int size() {
    return size;
  }

  /// Sets a mark; false if the id had one before.
  boolean mark(long idHigh, long idLow, int mark) {
    int slot = slotOf(idHigh, idLow);
    boolean isNew = (states[slot] & MARKS) == 0;
    states[slot] |= (short) mark;
    return isNew;
  }

  /// Counts the id once more in one of two stores (0 the sink, 1 the dead letters); the count stops
  /// at 15.
  void count(long idHigh, long idLow, int store) {
    int slot = slotOf(idHigh, idLow);
    int shift = MARK_BITS + STORE_BITS * store;
    if (((states[slot] >>> shift) & COUNT_MAX) < COUNT_MAX) {
      states[slot] += (short) (1 << shift);
    }
  }

  /// Is told every id, its marks, and how often it was seen in either store.
  interface Visitor {
    void visit(long idHigh, long idLow, int marks, int inSink, int inDeadLetters);
  }

  void forEach(Visitor visitor) {
    for (int slot = 0; slot < states.length; slot++) {
      if ((high[slot] | low[slot]) != 0) {
        int state = states[slot];
        visitor.visit(
            high[slot],
            low[slot],
            state & MARKS,
            (state >>> MARK_BITS) & COUNT_MAX,
            (state >>> (MARK_BITS + STORE_BITS)) & COUNT_MAX);
      }
    }
  }

  /// The id's slot; it is entered if it was not there.
  private int slotOf(long idHigh, long idLow) {
    if ((idHigh | idLow) == 0) {
      throw new IllegalArgumentException("the all-zero id cannot be looked up");
    }
    if (size * 3L > high.length * 2L) {
      grow();
    }
    int slot = find(idHigh, idLow);
    if ((high[slot] | low[slot]) == 0) {
      high[slot] = idHigh;
      low[slot] = idLow;
      size++;
    }
    return slot;
  }

  private int find(long idHigh, long idLow) {
    int mask = high.length - 1;
    long mixed = (idHigh ^ Long.rotateLeft(idLow, 32)) * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & mask;
    while ((high[slot] | low[slot]) != 0 && (high[slot] != idHigh || low[slot] != idLow)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldHigh = high;
    long[] oldLow = low;
    short[] oldStates = states;
    high = new long[oldHigh.length * 2];
    low = new long[oldHigh.length * 2];
    states = new short[oldHigh.length * 2];
    for (int i = 0; i < oldHigh.length; i++) {
      if ((oldHigh[i] | oldLow[i]) != 0) {
        int slot = find(oldHigh[i], oldLow[i]);
        high[slot] = oldHigh[i];
        low[slot] = oldLow[i];
        states[slot] = oldStates[i];
      }
    }
  }
}
