package io.pulsegate.server.config;

import io.pulsegate.api.Durability;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Access;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.Privacy;
import io.pulsegate.core.Quotas;
import io.pulsegate.core.TenantSettings;
import io.pulsegate.core.Terms;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import io.pulsegate.server.plugins.Components;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads tenants.
final class TenantsReader {
  /// Gives the tenant `demo` another key where the file names no tenants.
  static final String KEY_VARIABLE = "PULSEGATE_KEY";

  private static final String DEMO = "demo";

  private final Values values;
  private final AccessReader access;
  private final RoutesReader routes;
  private final Map<TenantId, Integer> lineOfTenant = new HashMap<>();

  TenantsReader(Values values, RouteSinks sinks, Components components) {
    this.values = values;
    this.access = new AccessReader(values);
    this.routes = new RoutesReader(values, sinks, components);
  }

  /// The tenants of the file, or `demo` where it names none.
  List<TenantEntry> read(Yaml.Mapping root, Map<String, String> environment) {
    Yaml.Entry entry = root.entries().get("tenants");
    if (entry == null) {
      return List.of(demo(environment));
    }
    List<TenantEntry> tenants = new ArrayList<>();
    if (entry.value() instanceof Yaml.Sequence(var items, var _)) {
      if (items.isEmpty()) {
        values.problem(
            "line " + entry.line(),
            "tenants is empty, so that nobody could send; name at least one, or leave it out for the tenant demo");
      }
      for (Yaml item : items) {
        if (item instanceof Yaml.Mapping mapping) {
          tenant(mapping).ifPresent(tenants::add);
        } else {
          values.problem("line " + item.line(), "a tenant is written as id: NAME and keys: [KEY]");
        }
      }
    } else {
      values.problem("line " + entry.line(), "tenants must be a list, each with id and keys");
    }
    refuseAliasesOfOthers(tenants);
    return tenants;
  }

  private void refuseAliasesOfOthers(List<TenantEntry> tenants) {
    for (TenantEntry tenant : tenants) {
      for (String alias : tenant.settings().access().aliases()) {
        tenants.stream()
            .filter(other -> other.id().value().equals(alias))
            .forEach(other ->
                values.problem(
                    "line " + lineOfTenant.getOrDefault(other.id(), 1),
                    "the tenant %s has the name of an alias of tenant %s"
                        .formatted(other.id(), tenant.id())));
      }
    }
  }

  private TenantEntry demo(Map<String, String> environment) {
    String key = environment.getOrDefault(KEY_VARIABLE, "");
    Optional<Text> given =
        key.isEmpty() ? Optional.empty() : Optional.of(new Text(key, KEY_VARIABLE));
    values.note("tenants.demo.keys", TenantKeys.KEYS.orElse(DEMO), given);
    KeyHash hash = KeyHash.of(key.isEmpty() ? DEMO : key);
    return new TenantEntry(
        new TenantId(DEMO),
        new TenantSettings(
            Access.of(List.of(ApiKey.ingest("file-1", hash))),
            Quotas.NONE,
            Terms.of(Durability.DISK),
            List.of()));
  }

  /// One tenant; empty where it has no id.
  Optional<TenantEntry> tenant(Yaml.Mapping mapping) {
    values.knownOnly("tenants", mapping, ConfigChecker.names(TenantKeys.TENANT));
    Optional<TenantId> id = id(mapping);
    var fields = new Fields(values, "tenants." + id.map(TenantId::value).orElse("?"), mapping);
    var settings =
        new TenantSettings(access.read(fields), quotas(fields), terms(fields), routes.read(fields));
    return id.map(known -> new TenantEntry(known, settings));
  }

  private Optional<TenantId> id(Yaml.Mapping mapping) {
    Yaml.Entry entry = mapping.entries().get(TenantKeys.ID.name());
    if (entry == null || !(entry.value() instanceof Yaml.Scalar scalar)) {
      values.problem("line " + mapping.line(), "a tenant needs an id");
      return Optional.empty();
    }
    try {
      var id = new TenantId(scalar.value());
      Integer before = lineOfTenant.putIfAbsent(id, entry.line());
      if (before != null) {
        values.problem(
            "line " + entry.line(),
            "the tenant %s stands here a second time, first at line %d".formatted(id, before));
      }
      return Optional.of(id);
    } catch (IllegalArgumentException e) {
      values.problem("line " + entry.line(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Terms terms(Fields tenant) {
    return new Terms(
        tenant.show(TenantKeys.WEIGHT).orElse(1),
        tenant.show(TenantKeys.DURABILITY).orElse(Durability.DISK),
        tenant.show(TenantKeys.REPLAY_REACH).orElse(Duration.ZERO),
        tenant.show(TenantKeys.PRIVACY).orElse(Privacy.STANDARD));
  }

  private Quotas quotas(Fields tenant) {
    List<Fields> maps = tenant.maps(TenantKeys.QUOTAS, TenantKeys.QUOTA);
    if (maps.isEmpty()) {
      return Quotas.NONE;
    }
    Fields quotas = maps.getFirst();
    return new Quotas(
        quotas.show(TenantKeys.EVENTS_PER_SECOND).map(Long::valueOf).orElse(Quotas.UNLIMITED),
        bytes(quotas, TenantKeys.BYTES_PER_SECOND),
        bytes(quotas, TenantKeys.BACKLOG),
        bytes(quotas, TenantKeys.IN_FLIGHT),
        bytes(quotas, TenantKeys.DEAD_LETTERS));
  }

  private static long bytes(Fields quotas, io.pulsegate.api.Setting<Long> setting) {
    long bytes = quotas.show(setting).orElse(Quotas.UNLIMITED);
    if (bytes < 1) {
      quotas.problem(setting, quotas.pathOf(setting) + " must be at least 1 byte");
      return Quotas.UNLIMITED;
    }
    return bytes;
  }
}
