package io.pulsegate.server.config;

import io.pulsegate.api.Durability;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.KeyHash;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `tenants`.
final class TenantsReader {
  /// Gives the tenant `demo` another key where the file names no tenants.
  static final String KEY_VARIABLE = "PULSEGATE_KEY";

  private static final String DEMO = "demo";
  private static final String HASHED = "sha256:";

  private final Values values;
  private final Map<KeyHash, String> tenantOfKey = new HashMap<>();
  private final Map<TenantId, Integer> lineOfTenant = new HashMap<>();

  TenantsReader(Values values) {
    this.values = values;
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
    return tenants;
  }

  private TenantEntry demo(Map<String, String> environment) {
    String key = environment.getOrDefault(KEY_VARIABLE, "");
    Optional<Text> given =
        key.isEmpty() ? Optional.empty() : Optional.of(new Text(key, KEY_VARIABLE));
    values.note("tenants.demo.keys", Keys.TENANT_KEYS.orElse(DEMO), given);
    return new TenantEntry(
        new TenantId(DEMO), List.of(KeyHash.of(key.isEmpty() ? DEMO : key)), Durability.DISK);
  }

  private Optional<TenantEntry> tenant(Yaml.Mapping mapping) {
    values.knownOnly("tenants", mapping, ConfigChecker.names(Keys.TENANT));
    Optional<TenantId> id = id(mapping);
    String path = "tenants." + id.map(TenantId::value).orElse("?");
    List<KeyHash> keys = keys(path, mapping);
    Durability durability = durability(path, mapping);
    return id.map(known -> new TenantEntry(known, keys, durability));
  }

  private Optional<TenantId> id(Yaml.Mapping mapping) {
    Yaml.Entry entry = mapping.entries().get(Keys.TENANT_ID.name());
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

  private List<KeyHash> keys(String path, Yaml.Mapping mapping) {
    Yaml.Entry entry = mapping.entries().get(Keys.TENANT_KEYS.name());
    List<Yaml> items =
        switch (entry == null ? Yaml.Mapping.EMPTY : entry.value()) {
          case Yaml.Sequence(var list, var _) -> list;
          case Yaml.Scalar one -> List.of(one);
          case Yaml.Mapping _ -> List.of();
        };
    if (entry == null || items.isEmpty()) {
      values.problem(
          "line " + (entry == null ? mapping.line() : entry.line()),
          path + " needs keys, a list of at least one");
      return List.of();
    }
    List<KeyHash> keys = new ArrayList<>();
    for (Yaml item : items) {
      if (item instanceof Yaml.Scalar scalar && isKey(scalar.value())) {
        KeyHash key = hash(scalar.value());
        keys.add(key);
        unique(path, key, scalar.line());
      } else {
        values.problem(
            "line " + item.line(),
            path
                + ".keys holds something that is no key: a key is 1 to 512 visible ASCII characters, or sha256: and 64 hex digits");
      }
    }
    values.note(
        path + ".keys", Keys.TENANT_KEYS, Optional.of(new Text("", "line " + entry.line())));
    return keys;
  }

  private static boolean isKey(String text) {
    return text.startsWith(HASHED)
        ? text.substring(HASHED.length()).matches("[0-9a-fA-F]{64}")
        : text.matches("[!-~]{1,512}");
  }

  private static KeyHash hash(String key) {
    return key.startsWith(HASHED) ? KeyHash.parse(key.substring(HASHED.length())) : KeyHash.of(key);
  }

  private void unique(String path, KeyHash key, int line) {
    String before = tenantOfKey.putIfAbsent(key, path);
    if (before != null) {
      values.problem("line " + line, "%s has a key that %s has already".formatted(path, before));
    }
  }

  private Durability durability(String path, Yaml.Mapping mapping) {
    Yaml.Entry entry = mapping.entries().get(Keys.TENANT_DURABILITY.name());
    Optional<Text> text =
        entry != null && entry.value() instanceof Yaml.Scalar scalar
            ? Optional.of(scalar.text())
            : Optional.empty();
    values.note(path + ".durability", Keys.TENANT_DURABILITY, text);
    return text.flatMap(given -> values.parse(path + ".durability", Keys.TENANT_DURABILITY, given))
        .orElse(Durability.DISK);
  }
}
