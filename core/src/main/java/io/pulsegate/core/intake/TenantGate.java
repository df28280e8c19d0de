package io.pulsegate.core.intake;

import io.pulsegate.api.Outcome;
import io.pulsegate.core.Quotas;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Holds one tenant to its quotas. The quotas come with every question, so that others hold at once
/// when they are changed. Any thread.
final class TenantGate {
  private static final long SECOND_NANOS = 1_000_000_000;

  private final TokenBucket events;
  private final TokenBucket bytes;
  private final BacklogPace pace;
  private final Backlog backlog;

  /// What a tenant has on its way.
  interface Backlog {
    /// Payload bytes that the slowest sink has not settled.
    long bytes();

    /// Payload bytes accepted since ever.
    long acceptedBytes();
  }

  /// Why a request is turned away.
  ///
  /// @param limit as the metric calls it
  record Over(String limit, Outcome.Throttled outcome) {}

  TenantGate(LongSupplier nanoTime, Backlog backlog) {
    this.events = new TokenBucket(nanoTime);
    this.bytes = new TokenBucket(nanoTime);
    this.pace = new BacklogPace(nanoTime);
    this.backlog = backlog;
  }

  /// Before a body is buffered: whether any request at all has a chance.
  Optional<Over> look(Quotas quotas) {
    if (quotas.eventsPerSecond() != Quotas.UNLIMITED && events.nanosUntilRoom() > 0) {
      return Optional.of(overEvents(quotas, events.nanosUntilRoom()));
    }
    if (quotas.bytesPerSecond() != Quotas.UNLIMITED && bytes.nanosUntilRoom() > 0) {
      return Optional.of(overBytes(quotas, bytes.nanosUntilRoom()));
    }
    return overBacklog(quotas);
  }

  /// Charges a request; nothing where it is turned away.
  ///
  /// @param eventCount its events
  /// @param byteCount their bytes as they are stored
  Optional<Over> charge(Quotas quotas, long eventCount, long byteCount) {
    if (quotas.eventsPerSecond() != Quotas.UNLIMITED) {
      long wait = events.take(eventCount, quotas.eventsPerSecond());
      if (wait > 0) {
        return Optional.of(overEvents(quotas, wait));
      }
    }
    Optional<Over> over = Optional.empty();
    if (quotas.bytesPerSecond() != Quotas.UNLIMITED) {
      long wait = bytes.take(byteCount, quotas.bytesPerSecond());
      if (wait > 0) {
        over = Optional.of(overBytes(quotas, wait));
      }
    }
    if (over.isPresent() && quotas.eventsPerSecond() != Quotas.UNLIMITED) {
      events.give(eventCount, quotas.eventsPerSecond());
    }
    return over;
  }

  /// Gives back what was charged for a request that the log did not take.
  void refund(Quotas quotas, long eventCount, long byteCount) {
    if (quotas.eventsPerSecond() != Quotas.UNLIMITED) {
      events.give(eventCount, quotas.eventsPerSecond());
    }
    if (quotas.bytesPerSecond() != Quotas.UNLIMITED) {
      bytes.give(byteCount, quotas.bytesPerSecond());
    }
  }

  private static Over overEvents(Quotas quotas, long waitNanos) {
    return new Over(
        "events_per_second",
        new Outcome.Throttled(
            seconds(waitNanos),
            "%d events a second for this tenant".formatted(quotas.eventsPerSecond())));
  }

  private static Over overBytes(Quotas quotas, long waitNanos) {
    return new Over(
        "bytes_per_second",
        new Outcome.Throttled(
            seconds(waitNanos),
            "%d bytes a second for this tenant".formatted(quotas.bytesPerSecond())));
  }

  private Optional<Over> overBacklog(Quotas quotas) {
    if (quotas.backlogBytes() == Quotas.UNLIMITED) {
      return Optional.empty();
    }
    long behind = backlog.bytes();
    pace.settled(backlog.acceptedBytes() - behind);
    if (behind < quotas.backlogBytes()) {
      return Optional.empty();
    }
    return Optional.of(
        new Over(
            "backlog_bytes",
            new Outcome.Throttled(
                pace.timeFor(behind - quotas.backlogBytes() + 1),
                "%d bytes of this tenant's events waiting for a sink; %d wait"
                    .formatted(quotas.backlogBytes(), behind))));
  }

  private static Duration seconds(long nanos) {
    return Duration.ofSeconds(Math.max(1, (nanos + SECOND_NANOS - 1) / SECOND_NANOS));
  }
}
