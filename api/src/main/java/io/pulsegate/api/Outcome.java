package io.pulsegate.api;

import java.time.Duration;
import java.util.List;

/// What intake did with the events of a request.
public sealed interface Outcome {
  /// All of them are as safe as `level` says.
  ///
  /// @param accepted events taken now, duplicates not counted
  /// @param duplicates places, in the order the events were handed over, of those that were there
  ///   already
  /// @param conflicts the duplicates among them whose payload differs from the first one's, which
  ///   stays
  /// @param partition partition of the log
  /// @param firstOffset offset of the first event taken; -1 where none was, or none is known yet
  record Accepted(
      Durability level,
      int accepted,
      List<Integer> duplicates,
      List<Integer> conflicts,
      int partition,
      long firstOffset)
      implements Outcome {
    public Accepted {
      duplicates = List.copyOf(duplicates);
      conflicts = List.copyOf(conflicts);
    }
  }

  /// Nothing was acknowledged.
  sealed interface Denied extends Outcome {
    Code code();

    /// For the one who sent it.
    String reason();

    /// When to come again.
    Duration retryAfter();
  }

  /// The tenant is over the limit that `limit` names; nothing was acknowledged.
  record Throttled(Duration retryAfter, String limit) implements Denied {
    @Override
    public Code code() {
      return Code.THROTTLED;
    }

    @Override
    public String reason() {
      return "over a limit: " + limit + "; nothing of the request was kept";
    }
  }

  /// The log cannot take it; nothing was acknowledged.
  record Unavailable(Code code, Duration retryAfter, String reason) implements Denied {}
}
