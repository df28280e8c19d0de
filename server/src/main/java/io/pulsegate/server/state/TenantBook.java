package io.pulsegate.server.state;

import io.pulsegate.api.TenantId;
import io.pulsegate.core.ApiKey;
import java.time.Instant;
import java.util.Map;

/// What must be remembered of tenants. Immutable.
///
/// @param revision counts changes, from 0
/// @param lives how often each tenant has been created, those of the file and those that are gone
///   among them
/// @param documents settings of the tenants that the admin API made, as JSON
/// @param keys keys that the admin API made, by tenant and the key's id
public record TenantBook(
    long revision,
    Map<TenantId, Life> lives,
    Map<TenantId, String> documents,
    Map<KeyPlace, StoredKey> keys) {
  /// Nothing.
  public static final TenantBook EMPTY = new TenantBook(0, Map.of(), Map.of(), Map.of());

  public TenantBook {
    lives = Map.copyOf(lives);
    documents = Map.copyOf(documents);
    keys = Map.copyOf(keys);
  }

  /// How often a tenant has been created; 1 where it is not known.
  public int incarnation(TenantId id) {
    return lives.getOrDefault(id, new Life(1, false)).incarnation();
  }

  /// How often a tenant has been created, and whether it is there now.
  public record Life(int incarnation, boolean present) {}

  /// Where a key stands.
  public record KeyPlace(TenantId tenant, String id) {}

  /// A key and when it was made.
  public record StoredKey(ApiKey key, Instant created) {}
}
