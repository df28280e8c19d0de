package io.pulsegate.core;

import io.pulsegate.api.Durability;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import java.util.List;

/// A tenant as configured.
///
/// @param incarnation how often it has been created, from 1
/// @param keys hashes of the API keys that name it
/// @param durability what a positive reply to it means
public record TenantConfig(
    TenantId id, int incarnation, List<KeyHash> keys, Durability durability) {
  public TenantConfig {
    keys = List.copyOf(keys);
  }

  /// What its frames are keyed by.
  public LaneKey lane() {
    return new LaneKey(id, incarnation);
  }
}
