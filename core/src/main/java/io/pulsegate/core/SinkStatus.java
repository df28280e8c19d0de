package io.pulsegate.core;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// How one sink fares, as a person or a probe asks.
///
/// @param reason what the state comes from and what to do; empty while running
/// @param head next offset of the head; -1 while the sink's cursor is not known
/// @param lagEvents live events not yet delivered, dead-lettered or dropped
/// @param lagBytes their payload bytes
/// @param lagSeconds age of the oldest of them; 0 when there is none
/// @param stragglers tenants out of step
/// @param delivered events delivered so far, over restarts, as far as the cursor counts them
/// @param accepted events that the log has taken since the sink began: those delivered,
///   dead-lettered, dropped, waiting and unaccounted, together
/// @param unaccounted events that its cursor has passed and that nothing became of; less than
///   nothing where more became of them than there were. 0 while all adds up
/// @param lastError the last failure, also where it has passed
public record SinkStatus(
    String name,
    State state,
    String reason,
    long head,
    long lagEvents,
    long lagBytes,
    double lagSeconds,
    List<Straggler> stragglers,
    long delivered,
    long deadLettered,
    long dropped,
    long accepted,
    long unaccounted,
    Optional<String> lastError) {
  public SinkStatus {
    stragglers = List.copyOf(stragglers);
  }

  /// A tenant out of step.
  ///
  /// @param reason why it is; empty while it only catches up
  /// @param haltedAt offset of the event that it waits behind, where it halts on such
  public record Straggler(String lane, long from, String reason, OptionalLong haltedAt) {}

  /// What a sink is doing.
  public enum State {
    /// Its cursor is being read.
    STARTING,
    RUNNING,
    /// The destination is down; tried again with growing waits.
    BACKING_OFF,
    /// Waits for a person; looks again now and then.
    PAUSED,
    /// Its cursor is beyond the end of this log: waits for a person.
    AHEAD_OF_LOG,
    /// Another process has taken its cursor; stopped for good.
    FENCED,
    /// Stopped by a bug; stopped for good.
    FAILED,
    /// The engine was closed.
    STOPPED
  }
}
