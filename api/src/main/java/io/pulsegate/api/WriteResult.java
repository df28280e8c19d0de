package io.pulsegate.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What became of a batch. Whatever is not said to be delivered comes again.
public sealed interface WriteResult {
  /// Every live event is at the destination; for a sink that keeps its cursor, the move is
  /// committed.
  record Delivered() implements WriteResult {}

  /// The tenants fared differently. A sink that keeps its cursor has committed nothing, and each
  /// `deliveredEnd` is the slice's first offset.
  ///
  /// @param slices one result per slice of the batch, in its order
  record Mixed(List<SliceResult> slices) implements WriteResult {
    public Mixed {
      slices = List.copyOf(slices);
    }
  }

  /// The destination refused the batch as a whole for what is in it, and did not say which entries
  /// it means. Nothing was committed; the caller narrows it down.
  record Refused(String code, String reason) implements WriteResult {}

  /// The destination cannot take anything now. Nothing is known to be committed; a sink that keeps
  /// its cursor is asked for it again before the next write.
  record Unavailable(Cause cause, String reason, Optional<Duration> retryAfter)
      implements WriteResult {}

  /// Another owner has taken the cursor: this one stops for good.
  record Fenced(String reason) implements WriteResult {}

  /// How long it may take.
  enum Cause {
    /// Down, slow, overloaded: tried again with back-off.
    OUTAGE,
    /// Wrong credentials, missing rights, a table of another shape: waits for a person, looks again
    /// now and then. Never counts against an event.
    MISCONFIGURED
  }

  /// How one tenant fared.
  ///
  /// @param deliveredEnd entries below this offset are delivered
  /// @param rejections entries that will never be taken; all are at or above `deliveredEnd`
  /// @param unavailable set where the destination cannot take this tenant's events now
  record SliceResult(
      long deliveredEnd, List<Rejection> rejections, Optional<Unavailable> unavailable) {
    public SliceResult {
      rejections = List.copyOf(rejections);
    }

    /// Nothing is wrong with this slice.
    public static SliceResult delivered(Slice slice) {
      return new SliceResult(slice.endOffset(), List.of(), Optional.empty());
    }
  }
}
