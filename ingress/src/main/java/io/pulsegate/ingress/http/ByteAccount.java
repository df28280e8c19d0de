package io.pulsegate.ingress.http;

import io.pulsegate.api.Intake;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Tenant;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/// The bytes a request may hold: what was permitted before the body came, and more where it turns
/// out to be larger, or to be inflated. One thread after the other.
final class ByteAccount implements AutoCloseable {
  private static final Duration LATER = Duration.ofSeconds(1);

  private final Intake intake;
  private final Tenant holder;
  private Optional<Intake.Permit> permit;
  private long permittedBytes;

  /// Of them, for the inflated body.
  private long inflatingBytes;

  /// @param permit over `permittedBytes`; belongs to this from now on
  ByteAccount(Intake intake, Tenant holder, Intake.Permit permit, long permittedBytes) {
    this.intake = intake;
    this.holder = holder;
    this.permit = Optional.of(permit);
    this.permittedBytes = permittedBytes;
  }

  /// Makes room for a body of so many bytes up to now; at least doubles, so that a body of unknown
  /// length asks a few times only.
  ///
  /// @return whether there is room
  boolean growTo(long bytes) {
    return bytes <= permittedBytes || extend(Math.max(permittedBytes, bytes - permittedBytes));
  }

  private boolean extend(long bytes) {
    boolean extended = permit.isPresent() && permit.get().extend(bytes);
    if (extended) {
      permittedBytes += bytes;
    }
    return extended;
  }

  /// Room for what one try inflates; what an earlier try took is not taken again.
  IntPredicate inflating() {
    var inflated = new AtomicLong();
    return bytes -> {
      long missing = inflated.addAndGet(bytes) - inflatingBytes;
      if (missing > 0 && !extend(missing)) {
        return false;
      }
      inflatingBytes += Math.max(missing, 0);
      return true;
    };
  }

  /// Why there was no more room, in intake's own words where it still has them.
  Outcome.Denied noRoom() {
    return switch (intake.admit(holder, permittedBytes)) {
      case Intake.Admission.Refused(Outcome.Denied outcome) -> outcome;
      case Intake.Admission.Granted(Intake.Permit unused) -> {
        unused.close();
        yield new Outcome.Throttled(
            LATER, "no room for more than %d bytes of this request".formatted(permittedBytes));
      }
    };
  }

  /// Gives the room back; a second call does nothing.
  @Override
  public void close() {
    permit.ifPresent(Intake.Permit::close);
    permit = Optional.empty();
  }
}
