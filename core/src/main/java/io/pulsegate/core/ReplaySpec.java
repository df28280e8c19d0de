package io.pulsegate.core;

import io.pulsegate.api.LaneKey;
import java.util.Optional;

/// A stretch of the log that one sink is given again.
///
/// @param run tells replays apart, in cursors and dead letters; from 1
/// @param sink whose pipeline the events go through
/// @param from first offset
/// @param until offset behind the last
/// @param lane the only one whose events are meant; empty for all tenants there are
/// @param condition which events
/// @param eventsPerSecond at most so many, over time
public record ReplaySpec(
    long run,
    String sink,
    long from,
    long until,
    Optional<LaneKey> lane,
    Route.Condition condition,
    int eventsPerSecond) {
  public ReplaySpec {
    if (run < 1 || from < 0 || until < from || eventsPerSecond < 1) {
      throw new IllegalArgumentException(
          "a replay has a run, a range and a speed, was run %d, %d to %d, %d events/s"
              .formatted(run, from, until, eventsPerSecond));
    }
  }

  /// What its cursor is called; no sink can have such a name.
  public String cursorName() {
    return "replay.%d.%s".formatted(run, sink);
  }
}
