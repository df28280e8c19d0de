package io.pulsegate.api;

import java.time.Duration;
import java.util.Optional;

/// The door behind every edge: who may come in, how much, and the way to the log.
///
/// All methods may be called from any thread and never block.
public interface Intake extends Acceptor {
  /// The tenant a key belongs to; empty for unknown and wrong keys alike.
  Optional<Tenant> authenticate(String key);

  /// Asks for room before a body is buffered.
  ///
  /// @param bytes what is going to be held: the announced length, or a first part of it
  Admission admit(Tenant tenant, long bytes);

  /// A writer for one request's events.
  ///
  /// @param expectedBytes about how much is coming
  EventWriter writer(Tenant tenant, Source source, String dialect, int expectedBytes);

  /// Answer to [#admit].
  sealed interface Admission {
    /// There is room; it is held until the permit is closed.
    record Granted(Permit permit) implements Admission {}

    /// There is none, for the reason that the outcome gives.
    record Refused(Outcome.Denied outcome) implements Admission {}
  }

  /// Room for bytes in memory.
  interface Permit extends AutoCloseable {
    /// Asks for more; false where there is none, and nothing changes.
    boolean extend(long bytes);

    /// Gives everything back; a second call does nothing.
    @Override
    void close();
  }

  /// Whether the log can accept now, for `/ready`.
  Readiness readiness();

  /// @param reason for a person; empty when accepting
  /// @param retryAfter when to come again; zero when accepting
  record Readiness(boolean accepting, String reason, Duration retryAfter) {}
}
