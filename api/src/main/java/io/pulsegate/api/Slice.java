package io.pulsegate.api;

import java.util.List;
import java.util.Set;

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
    return first.offset(first.from());
  }

  /// Offset behind the last entry.
  public long endOffset() {
    Run last = runs.getLast();
    return last.offset(last.to() - 1) + 1;
  }

  /// Live events in the slice.
  public int events() {
    int events = 0;
    for (Run run : runs) {
      events += run.events();
    }
    return events;
  }

  /// Entries of the log in the slice that have a live event.
  public int entries() {
    int entries = 0;
    for (Run run : runs) {
      entries += run.entries();
    }
    return entries;
  }

  /// Entries `[from, to)` of one block.
  ///
  /// @param offsets where the block's entries stand in the log
  /// @param receivedAtMicros when the block was appended, in microseconds since 1970
  /// @param omitted offsets within the run that are not written: dead-lettered before
  public record Run(
      EventBlock block,
      Offsets offsets,
      long receivedAtMicros,
      int from,
      int to,
      Set<Long> omitted) {
    public Run {
      omitted = Set.copyOf(omitted);
      if (from < 0 || from >= to || to > block.count()) {
        throw new IllegalArgumentException(
            "a run lies within its block, was %d to %d of %d".formatted(from, to, block.count()));
      }
    }

    /// A run of a block as it stands in the log, that writes all its live entries.
    ///
    /// @param firstOffset offset of the block's entry 0
    public Run(EventBlock block, long firstOffset, long receivedAtMicros, int from, int to) {
      this(block, Offsets.from(firstOffset), receivedAtMicros, from, to, Set.of());
    }

    /// Where entry `i` of the block stands in the log.
    public long offset(int i) {
      return offsets.of(i);
    }

    /// Whether the entry at an offset is in the run.
    public boolean holds(long offset) {
      return offset >= offset(from) && offset <= offset(to - 1);
    }

    /// Whether entry `i` of the block is to be written.
    public boolean isLive(int i) {
      return block.isLive(i) && (omitted.isEmpty() || !omitted.contains(offset(i)));
    }

    /// Entries of the log that have an event to be written.
    public int entries() {
      if (offsets instanceof Offsets.Dense) {
        return events();
      }
      int entries = 0;
      long last = -1;
      for (int i = from; i < to; i++) {
        if (isLive(i) && offset(i) != last) {
          entries++;
          last = offset(i);
        }
      }
      return entries;
    }

    /// Events to be written: more than entries where one was split.
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
