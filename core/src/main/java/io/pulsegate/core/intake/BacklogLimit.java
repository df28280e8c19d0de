package io.pulsegate.core.intake;

import io.pulsegate.api.Intake.Readiness;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Turns everybody away while more waits for the slowest sink than may, all tenants together. Any
/// thread.
final class BacklogLimit {
  private final long bytesMax;
  private final LongSupplier backlogBytes;
  private final LongSupplier acceptedBytes;
  private final BacklogPace pace;

  /// @param bytesMax payload bytes that may wait; [io.pulsegate.core.Quotas#UNLIMITED] for all
  /// @param backlogBytes payload bytes that the slowest sink has not settled
  /// @param acceptedBytes payload bytes accepted since ever
  BacklogLimit(
      long bytesMax, LongSupplier backlogBytes, LongSupplier acceptedBytes, LongSupplier nanoTime) {
    this.bytesMax = bytesMax;
    this.backlogBytes = backlogBytes;
    this.acceptedBytes = acceptedBytes;
    this.pace = new BacklogPace(nanoTime);
  }

  /// Why nothing is taken now, and when to come again.
  Optional<Readiness> look() {
    if (bytesMax == Long.MAX_VALUE) {
      return Optional.empty();
    }
    long behind = backlogBytes.getAsLong();
    pace.settled(acceptedBytes.getAsLong() - behind);
    if (behind < bytesMax) {
      return Optional.empty();
    }
    String reason =
        "%d bytes of events wait for a sink, and at most %d may".formatted(behind, bytesMax);
    return Optional.of(new Readiness(false, reason, pace.timeFor(behind - bytesMax + 1)));
  }
}
