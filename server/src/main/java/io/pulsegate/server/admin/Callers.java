package io.pulsegate.server.admin;

import io.pulsegate.api.Credentials;
import io.pulsegate.api.RequestHead;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.ingress.http.Guard;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Knows who asks the admin listener: the operator by his token, a tenant by a key that may more
/// than send. Any thread.
public final class Callers {
  private final Guard operator;
  private final TenantRegistry tenants;
  private final InstantSource clock;

  public Callers(String token, TenantRegistry tenants, InstantSource clock) {
    this.operator = Guard.token(token);
    this.tenants = tenants;
    this.clock = clock;
  }

  /// Empty for everybody else; wrong, expired and unknown keys are told apart by nothing.
  Optional<Caller> of(RequestHead head) {
    if (operator.allows(head)) {
      return Optional.of(new Caller.Operator());
    }
    Instant now = clock.instant();
    return Credentials.of(head)
        .flatMap(key -> tenants.current().byKey(KeyHash.of(key)))
        .filter(bearer ->
            bearer.key().allows(KeyScope.READ, now) || bearer.key().allows(KeyScope.ADMIN, now))
        .map(bearer -> new Caller.KeyHolder(bearer.config().id(), bearer.key()));
  }
}
