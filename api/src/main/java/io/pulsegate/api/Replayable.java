package io.pulsegate.api;

import java.util.Set;

/// A sink that can be given events again on demand, beside those that come live.
public interface Replayable {
  /// What becomes of an event that is at the destination already.
  enum Present {
    /// It is written once more: for destinations that are empty, or that tell repeated events by
    /// their id.
    AGAIN,
    /// What is there stays, and nothing is written.
    SKIP,
    /// What is there gives way, in the same transaction.
    OVERWRITE
  }

  /// Which of them it can do; at least one. Any thread.
  Set<Present> replays();

  /// Another sink for the same destination, closed by the caller, that may be written to while this
  /// one is. Its cursor has a key of its own. A sink that keeps its cursor answers with one that
  /// does.
  ///
  /// @param name what tells it from the live sink and from other replays, for files and logs
  /// @param present one of [#replays]
  Sink replay(String name, Present present);
}
