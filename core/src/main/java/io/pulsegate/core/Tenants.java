package io.pulsegate.core;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All tenants at one moment. Immutable: a change makes another one, whole or not at all.
public final class Tenants {
  private final Map<TenantId, TenantConfig> byId = new LinkedHashMap<>();
  private final Map<String, TenantConfig> byName = new HashMap<>();
  private final Map<KeyHash, Bearer> byKey = new HashMap<>();
  private final Map<String, Site> byPublicId = new HashMap<>();

  /// Who comes with a key.
  public record Bearer(TenantConfig config, Tenant tenant, ApiKey key) {}

  /// Who comes with a public id.
  public record Site(TenantConfig config, Tenant tenant, PublicId id) {}

  private Tenants() {}

  /// The snapshot of these tenants.
  ///
  /// @throws IllegalArgumentException where two share an id, an alias, a key or a public id; the
  ///   text is for the one who wrote them
  public static Tenants of(Collection<TenantConfig> configs) {
    var tenants = new Tenants();
    configs.forEach(tenants::addId);
    configs.forEach(tenants::addAccess);
    return tenants;
  }

  private void addId(TenantConfig config) {
    if (byId.put(config.id(), config) != null) {
      throw new IllegalArgumentException("tenant " + config.id() + " stands twice");
    }
    byName.put(config.id().value(), config);
  }

  private void addAccess(TenantConfig config) {
    var known = new Tenant(config.lane(), config.terms().durability());
    for (String alias : config.access().aliases()) {
      TenantConfig before = byName.put(alias, config);
      if (before != null) {
        throw new IllegalArgumentException(
            "the alias %s of tenant %s names tenant %s already"
                .formatted(alias, config.id(), before.id()));
      }
    }
    for (ApiKey key : config.access().keys()) {
      Bearer before = byKey.put(key.hash(), new Bearer(config, known, key));
      if (before != null) {
        throw new IllegalArgumentException(
            "a key of tenant %s is a key of tenant %s already: it can name only one tenant, once"
                .formatted(config.id(), before.config().id()));
      }
    }
    for (PublicId id : config.access().publicIds()) {
      Site before = byPublicId.put(id.value(), new Site(config, known, id));
      if (before != null) {
        throw new IllegalArgumentException(
            "the public id %s of tenant %s is one of tenant %s already"
                .formatted(id.value(), config.id(), before.config().id()));
      }
    }
  }

  /// All of them, in the order they were given.
  public List<TenantConfig> all() {
    return List.copyOf(byId.values());
  }

  public Optional<TenantConfig> byId(TenantId id) {
    return Optional.ofNullable(byId.get(id));
  }

  /// The tenant whose id or alias this is.
  public Optional<TenantConfig> byName(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// The tenant whose present incarnation this is.
  public Optional<TenantConfig> byLane(LaneKey lane) {
    return byId(lane.tenant()).filter(config -> config.incarnation() == lane.incarnation());
  }

  /// Whose key it is, expired or not.
  public Optional<Bearer> byKey(KeyHash hash) {
    return Optional.ofNullable(byKey.get(hash));
  }

  /// Whose public id it is. Whether the page may use it, its origins say.
  public Optional<Site> byPublicId(String id) {
    return Optional.ofNullable(byPublicId.get(id));
  }
}
