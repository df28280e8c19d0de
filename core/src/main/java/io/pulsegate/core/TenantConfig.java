package io.pulsegate.core;

import io.pulsegate.api.Durability;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import java.util.List;
import java.util.stream.IntStream;

/// A tenant as configured.
///
/// @param incarnation how often it has been created, from 1
public record TenantConfig(TenantId id, int incarnation, TenantSettings settings) {
  /// A tenant without limits or routes, known by keys that may send.
  public TenantConfig(TenantId id, int incarnation, List<KeyHash> keys, Durability durability) {
    this(
        id,
        incarnation,
        new TenantSettings(
            Access.of(
                IntStream.range(0, keys.size())
                    .mapToObj(i -> ApiKey.ingest("key-" + (i + 1), keys.get(i)))
                    .toList()),
            Quotas.NONE,
            Terms.of(durability),
            List.of()));
  }

  /// What its frames are keyed by.
  public LaneKey lane() {
    return new LaneKey(id, incarnation);
  }

  /// How it is named and known.
  public Access access() {
    return settings.access();
  }

  /// How much it may use.
  public Quotas quotas() {
    return settings.quotas();
  }

  /// How it is served.
  public Terms terms() {
    return settings.terms();
  }
}
