package io.pulsegate.api;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// What a [Doorkeeper] has found out about a sender.
public sealed interface Identity {
  /// A tenant.
  ///
  /// @param named the tenant that an event means by a name in its body: the same one for its id and
  ///   its aliases, another where the deployment trusts its senders, else none
  /// @param redaction takes out of a tenant's events what must not be stored
  /// @param buffer what its events go through instead of straight into intake, where it asked for
  ///   level memory
  record Known(
      Tenant tenant,
      Function<String, Optional<Tenant>> named,
      Function<Tenant, Optional<Redaction>> redaction,
      Optional<Acceptor> buffer)
      implements Identity {
    /// A tenant under no other name than its id.
    public static Known of(Tenant tenant) {
      return new Known(
          tenant,
          name -> name.equals(tenant.id().value()) ? Optional.of(tenant) : Optional.empty(),
          _ -> Optional.empty(),
          Optional.empty());
    }
  }

  /// Nobody we know. Wrong and unknown are told apart by nothing.
  record Unknown() implements Identity {}

  /// Not let in, for a reason that may be told.
  ///
  /// @param retryAfter when to come again; zero where coming again is of no use
  record Refused(Code code, String reason, Duration retryAfter) implements Identity {}
}
