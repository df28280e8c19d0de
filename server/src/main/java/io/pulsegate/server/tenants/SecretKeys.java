package io.pulsegate.server.tenants;

import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Makes keys: `pg_`, the widest scope, `_` and 28 characters of a base of 62, which hold more than
/// 160 random bits. The prefix tells a person, and a scanner for leaked secrets, what it is.
final class SecretKeys {
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int CHARACTERS = 28;
  private static final int ID_DIGITS = 12;

  private final RandomGenerator random;

  /// @param random must be unpredictable
  SecretKeys(RandomGenerator random) {
    this.random = random;
  }

  /// A key that was just made: the only moment at which it is seen.
  record Fresh(String secret, ApiKey key) {
    /// Does not show the key.
    @Override
    public String toString() {
      return key.id();
    }
  }

  Fresh make(String name, Set<KeyScope> scopes, Optional<Instant> expires) {
    var secret = new StringBuilder("pg_");
    scopes.stream()
        .max(Comparator.naturalOrder())
        .ifPresent(widest -> secret.append(widest.text()).append('_'));
    for (int i = 0; i < CHARACTERS; i++) {
      secret.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    KeyHash hash = KeyHash.of(secret.toString());
    // Of a secret of 160 random bits, 48 bits of its hash tell nothing.
    String id = hash.hex().substring(0, ID_DIGITS);
    return new Fresh(secret.toString(), new ApiKey(id, name, hash, scopes, expires));
  }
}
