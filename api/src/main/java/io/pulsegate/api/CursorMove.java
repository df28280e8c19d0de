package io.pulsegate.api;

/// The move of a sink's cursor that is committed with a batch: `UPDATE … WHERE fence = from.fence
/// AND head = from.head`, exactly one row or nothing at all is committed.
public record CursorMove(CursorKey key, CursorRecord from, CursorRecord to) {
  public CursorMove {
    if (from.fence() != to.fence() || to.head() < from.head()) {
      throw new IllegalArgumentException(
          "a cursor moves forward under one owner, was fence %d to %d, head %d to %d"
              .formatted(from.fence(), to.fence(), from.head(), to.head()));
    }
  }
}
