package io.pulsegate.core;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// A secret key of a tenant. The key itself is not held anywhere, only its hash.
///
/// @param id what the key is called when it is rotated or revoked; unique within its tenant
/// @param name what it is for, in its owner's words; may be empty
/// @param scopes at least one
/// @param expires from this instant on it opens nothing
public record ApiKey(
    String id, String name, KeyHash hash, Set<KeyScope> scopes, Optional<Instant> expires) {
  public ApiKey {
    scopes = Set.copyOf(scopes);
    if (scopes.isEmpty()) {
      throw new IllegalArgumentException("a key has at least one scope");
    }
  }

  /// A key that may send events for as long as it is there.
  public static ApiKey ingest(String id, KeyHash hash) {
    return new ApiKey(id, "", hash, Set.of(KeyScope.INGEST), Optional.empty());
  }

  /// Whether it opens this now.
  public boolean allows(KeyScope scope, Instant now) {
    return scopes.contains(scope) && !isExpired(now);
  }

  /// Whether its time is over.
  public boolean isExpired(Instant now) {
    return expires.isPresent() && !now.isBefore(expires.get());
  }
}
