package io.pulsegate.api;

import java.util.List;
import java.util.Optional;

/// What a sink is given in one write: slices of one or more tenants over shared bytes, and the move
/// of the sink's cursor that goes with them.
///
/// A batch may hold no event at all; a sink that keeps its cursor then still commits the move.
public final class Batch {
  private final int partition;
  private final List<Slice> slices;
  private final CursorMove cursor;
  private final int events;

  public Batch(int partition, List<Slice> slices, CursorMove cursor) {
    this.partition = partition;
    this.slices = List.copyOf(slices);
    this.cursor = cursor;
    this.events = slices.stream().mapToInt(Slice::events).sum();
  }

  /// Partition of the log that all entries come from.
  public int partition() {
    return partition;
  }

  /// One slice per tenant; order between tenants means nothing.
  public List<Slice> slices() {
    return slices;
  }

  /// Where the cursor stands and where it is to stand with this batch committed.
  public CursorMove cursor() {
    return cursor;
  }

  /// Live events.
  public int events() {
    return events;
  }

  /// The live events one after another, by slice, each slice in log order.
  public EventCursor cursorOverEvents() {
    return new EventCursor(slices);
  }

  /// The slice that holds an offset.
  public Optional<Slice> sliceOf(long offset) {
    return slices.stream()
        .filter(slice -> slice.runs().stream().anyMatch(run -> run.holds(offset)))
        .findFirst();
  }
}
