package io.pulsegate.core.delivery;

import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.SinkStatus.State;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/// Whether a sink can be written to now: the circuit breaker of a head and all its stragglers. Head
/// thread only.
final class Availability {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");

  private final String sink;
  private final boolean cursorAtSink;
  private final DeliveryPolicy policy;
  private final Backoff backoff;
  private final HeadMeters meters;
  private final Health health;
  private boolean claimed;

  Availability(
      String sink,
      boolean cursorAtSink,
      DeliveryPolicy policy,
      Backoff backoff,
      HeadMeters meters,
      Health health) {
    this.sink = sink;
    this.cursorAtSink = cursorAtSink;
    this.policy = policy;
    this.backoff = backoff;
    this.meters = meters;
    this.health = health;
  }

  /// Zero or less when the sink can be tried.
  long nanosLeft() {
    return backoff.nanosLeft();
  }

  /// Whether the cursor is known and ours.
  boolean isClaimed() {
    return claimed;
  }

  void claimed() {
    claimed = true;
  }

  void succeeded() {
    backoff.succeeded();
  }

  /// A wait for a person.
  void waitForPerson() {
    backoff.waitFor(policy.misconfiguredRetry().toNanos());
  }

  /// An outage that the sink did not report itself.
  ///
  /// @return false: the turn is over
  boolean outage(String why) {
    return unavailable(new Unavailable(Cause.OUTAGE, why, Optional.empty()));
  }

  /// The sink is down for everybody: head and stragglers wait, and nothing counts against an event.
  /// What was committed is not known, so that the cursor is read again first.
  ///
  /// @return false: the turn is over
  boolean unavailable(Unavailable unavailable) {
    meters.error(unavailable.cause() == Cause.OUTAGE ? "unavailable" : "misconfigured");
    health.note(unavailable.reason());
    if (cursorAtSink) {
      claimed = false;
    }
    switch (unavailable.cause()) {
      case OUTAGE -> {
        backoff.failed(unavailable.retryAfter().map(Duration::toNanos).orElse(0L));
        health.become(State.BACKING_OFF, unavailable.reason());
      }
      case MISCONFIGURED -> {
        waitForPerson();
        health.become(State.PAUSED, unavailable.reason());
      }
    }
    return false;
  }

  /// The same for one straggler, which waits by itself.
  void postpone(Backoff its, Unavailable unavailable) {
    switch (unavailable.cause()) {
      case OUTAGE -> its.failed(unavailable.retryAfter().map(Duration::toNanos).orElse(0L));
      case MISCONFIGURED -> its.waitFor(policy.misconfiguredRetry().toNanos());
    }
  }

  /// A bug in the sink, met by the head or by one straggler, which waits by itself. What was
  /// committed is not known, so that the cursor is read again first.
  ///
  /// @return false: the turn is over
  boolean threw(String reason) {
    meters.error("threw");
    health.note(reason);
    if (cursorAtSink) {
      claimed = false;
    }
    return false;
  }

  /// @return false: the turn is over
  boolean fenced(WriteResult.Fenced fenced) {
    meters.error("fenced");
    health.note(fenced.reason());
    LOGGER.log(Level.ERROR, "sink {0} was taken over: {1}", sink, fenced.reason());
    health.become(
        State.FENCED,
        "another process has taken this sink's cursor (%s). This one delivers nothing to it any more; see that only one server uses it, then restart"
            .formatted(fenced.reason()));
    return false;
  }
}
