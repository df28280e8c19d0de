package io.pulsegate.core.delivery;

import io.pulsegate.api.LaneKey;
import io.pulsegate.log.Totals;
import java.time.Instant;
import java.util.Optional;

/// One who reads the log for a sink: the head, or a straggler with a lane of its own. Head thread
/// only, but for what is volatile.
final class Source implements AutoCloseable {
  final Optional<LaneKey> lane;
  final BlockWindow window;
  final Backoff backoff;

  /// A straggler's lane totals at its place.
  volatile Totals at;

  /// Why it does not keep step; empty while it only catches up.
  volatile String reason = "";

  /// Whether it waits for its own failure to pass, so that nothing is known of when it goes on.
  volatile boolean stuck;

  /// Offset of the event that it waits behind, as its tenant halts on poison; -1 for none.
  volatile long haltedAt = -1;

  /// Time it may still take before it is the others' turn; less than nothing where it took more.
  long creditNanos;

  /// So many events at most has its next turn, as the last ones took too long; grows again.
  int eventsMax = Integer.MAX_VALUE / 2;

  /// An event that the sink refuses lies below this offset; anything lower than the place means
  /// that there is no such suspicion.
  long suspectEnd = -1;

  /// Offset of the event that was refused alone, how often, and since when.
  long poisonOffset = -1;

  int poisonTries;
  Instant firstFailure = Instant.EPOCH;

  /// How often the sink has thrown at it since its last commit.
  int throwsInARow;

  Source(Optional<LaneKey> lane, BlockWindow window, Backoff backoff, Totals at) {
    this.lane = lane;
    this.window = window;
    this.backoff = backoff;
    this.at = at;
  }

  boolean isHead() {
    return lane.isEmpty();
  }

  /// Goes on with what another one knew of the same lane.
  void inherit(Source before) {
    suspectEnd = before.suspectEnd;
    poisonOffset = before.poisonOffset;
    poisonTries = before.poisonTries;
    firstFailure = before.firstFailure;
    throwsInARow = before.throwsInARow;
    reason = before.reason;
    stuck = before.stuck;
    haltedAt = before.haltedAt;
    creditNanos = before.creditNanos;
    eventsMax = before.eventsMax;
  }

  /// Counts one more refusal of a single event.
  int refusedAlone(long offset, Instant now) {
    if (poisonOffset != offset) {
      poisonOffset = offset;
      poisonTries = 0;
      firstFailure = now;
    }
    return ++poisonTries;
  }

  @Override
  public void close() {
    window.close();
  }
}
