package io.pulsegate.api;

import java.util.List;

/// Walks the live events of a [Batch] without making objects.
///
/// ```java
/// for (var event = batch.cursorOverEvents(); event.next(); ) {
///   out.write(event.block().bytes(), event.payloadFrom(), event.payloadLength());
/// }
/// ```
public final class EventCursor {
  private final List<Slice> slices;
  private int sliceIndex = -1;
  private int runIndex;
  private int entry;
  private Slice slice;
  private Slice.Run run;
  private EventBlock block;

  // The first next() sets them; before it nothing may be asked.
  @SuppressWarnings("NullAway.Init")
  EventCursor(List<Slice> slices) {
    this.slices = slices;
  }

  /// Moves to the next live event; false when there is none.
  public boolean next() {
    int candidate = entry + 1;
    if (sliceIndex < 0) {
      if (slices.isEmpty()) {
        return false;
      }
      enter(0, 0);
      candidate = entry;
    }
    while (true) {
      for (; candidate < run.to(); candidate++) {
        if (run.isLive(candidate)) {
          entry = candidate;
          return true;
        }
      }
      if (runIndex + 1 < slice.runs().size()) {
        enter(sliceIndex, runIndex + 1);
      } else if (sliceIndex + 1 < slices.size()) {
        enter(sliceIndex + 1, 0);
      } else {
        entry = run.to();
        return false;
      }
      candidate = entry;
    }
  }

  private void enter(int slice, int run) {
    this.sliceIndex = slice;
    this.runIndex = run;
    this.slice = slices.get(slice);
    this.run = this.slice.runs().get(run);
    this.block = this.run.block();
    this.entry = this.run.from();
  }

  /// The slice the event is in.
  public Slice slice() {
    return slice;
  }

  /// The tenant the event belongs to.
  public TenantId tenant() {
    return slice.tenant();
  }

  /// The event's offset in the log.
  public long offset() {
    return run.offset(entry);
  }

  /// The block that holds the event.
  public EventBlock block() {
    return block;
  }

  /// The event's index in [#block].
  public int index() {
    return entry;
  }

  /// When the event was appended, in microseconds since 1970.
  public long receivedAtMicros() {
    return run.receivedAtMicros();
  }

  /// First byte of the payload in the block's bytes.
  public int payloadFrom() {
    return block.payloadFrom(entry);
  }

  /// Length of the payload in bytes.
  public int payloadLength() {
    return block.payloadLength(entry);
  }

  /// Bits of [EventFlag].
  public int flags() {
    return block.flags(entry);
  }
}
