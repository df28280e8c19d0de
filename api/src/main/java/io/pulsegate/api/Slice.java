package io.pulsegate.api;

import java.util.List;

/// One tenant's part of a [Batch]: stretches of its blocks, in log order.
public record Slice(LaneKey lane, List<Run> runs) {
  public Slice {
    runs = List.copyOf(runs);
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("a slice has at least one run");
    }
  }

  /// The tenant the events belong to.
  public TenantId tenant() {
    return lane.tenant();
  }

  /// Offset of the first entry.
  public long firstOffset() {
    Run first = runs.getFirst();
    return first.firstOffset() + first.from();
  }

  /// Offset behind the last entry.
  public long endOffset() {
    Run last = runs.getLast();
    return last.firstOffset() + last.to();
  }

  /// Live events in the slice.
  public int events() {
    int events = 0;
    for (Run run : runs) {
      events += run.events();
    }
    return events;
  }

  /// Entries `[from, to)` of one block.
  ///
  /// @param firstOffset offset of the block's entry 0
  /// @param receivedAtMicros when the block was appended, in microseconds since 1970
  /// @param omitted offsets within the run that are not written: dead-lettered before
  public record Run(
      EventBlock block,
      long firstOffset,
      long receivedAtMicros,
      int from,
      int to,
      List<Long> omitted) {
    public Run {
      omitted = List.copyOf(omitted);
      if (from < 0 || from >= to || to > block.count()) {
        throw new IllegalArgumentException(
            "a run lies within its block, was %d to %d of %d".formatted(from, to, block.count()));
      }
    }

    /// A run that writes all its live entries.
    public Run(EventBlock block, long firstOffset, long receivedAtMicros, int from, int to) {
      this(block, firstOffset, receivedAtMicros, from, to, List.of());
    }

    /// Whether entry `i` of the block is to be written.
    public boolean isLive(int i) {
      return block.isLive(i) && (omitted.isEmpty() || !omitted.contains(firstOffset + i));
    }

    /// Entries to be written.
    public int events() {
      int events = 0;
      for (int i = from; i < to; i++) {
        if (isLive(i)) {
          events++;
        }
      }
      return events;
    }
  }
}
