package io.pulsegate.api;

/// Where the entries of a block stand in the log. Immutable.
public sealed interface Offsets {
  /// The offset of entry `i`; never less than that of the entry before it.
  long of(int i);

  /// Index of the first entry in `[from, to)` at or above an offset; `to` where there is none.
  default int firstAtOrAbove(long offset, int from, int to) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (of(middle) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Offsets without a gap, as a block has them in the log.
  static Offsets from(long first) {
    return new Dense(first);
  }

  /// Offsets as they come: with gaps, where entries were dropped on the way, and repeated, where
  /// one entry was split into several events.
  static Offsets of(long[] each) {
    return new Listed(each.clone());
  }

  /// See [Offsets#from].
  record Dense(long first) implements Offsets {
    @Override
    public long of(int i) {
      return first + i;
    }

    @Override
    public int firstAtOrAbove(long offset, int from, int to) {
      return Math.clamp(offset - first, from, to);
    }
  }

  /// See [Offsets#of].
  final class Listed implements Offsets {
    private final long[] each;

    private Listed(long[] each) {
      this.each = each;
    }

    @Override
    public long of(int i) {
      return each[i];
    }
  }
}
