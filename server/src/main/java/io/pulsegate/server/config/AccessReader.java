package io.pulsegate.server.config;

import io.pulsegate.api.Setting;
import io.pulsegate.core.Access;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.PublicId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads how tenants are named and known, and sees that no two share a name or a key.
final class AccessReader {
  private static final String HASHED = "sha256:";
  private static final Setting<KeyScope> SCOPE =
      Setting.choice("scopes", KeyScope.class, "One scope.");

  private final Values values;
  private final Map<KeyHash, String> tenantOfKey = new HashMap<>();
  private final Map<String, String> tenantOfAlias = new HashMap<>();
  private final Map<String, String> tenantOfPublicId = new HashMap<>();

  AccessReader(Values values) {
    this.values = values;
  }

  Access read(Fields tenant) {
    return new Access(aliases(tenant), keys(tenant), publicIds(tenant));
  }

  private Set<String> aliases(Fields tenant) {
    var aliases = new HashSet<String>();
    for (Text alias : tenant.texts(TenantKeys.ALIASES)) {
      if (!alias.value().matches("[!-~]{1,256}")) {
        values.problem(
            alias.place(),
            tenant.pathOf(TenantKeys.ALIASES) + " are 1 to 256 visible ASCII characters");
      }
      unique(tenantOfAlias, alias.value(), tenant, "an alias", alias.place());
      aliases.add(alias.value());
    }
    return aliases;
  }

  private List<ApiKey> keys(Fields tenant) {
    var keys = new ArrayList<ApiKey>();
    if (tenant.has(TenantKeys.KEYS) && !tenant.isList(TenantKeys.KEYS)) {
      tenant.problem(
          TenantKeys.KEYS, tenant.pathOf(TenantKeys.KEYS) + " must be a list, such as [KEY]");
      return keys;
    }
    for (Yaml item : tenant.items(TenantKeys.KEYS)) {
      String id = "file-" + (keys.size() + 1);
      switch (item) {
        case Yaml.Scalar scalar ->
            hash(tenant, scalar).ifPresent(hash -> keys.add(ApiKey.ingest(id, hash)));
        case Yaml.Mapping map ->
            key(
                    tenant,
                    id,
                    Fields.of(values, tenant.pathOf(TenantKeys.KEYS), map, TenantKeys.KEY_MAP))
                .ifPresent(keys::add);
        case Yaml.Sequence list -> noKey(tenant, list);
      }
    }
    if (tenant.has(TenantKeys.KEYS)) {
      values.note(
          tenant.pathOf(TenantKeys.KEYS),
          TenantKeys.KEYS,
          Optional.of(new Text("", tenant.place(TenantKeys.KEYS))));
    }
    return keys;
  }

  private Optional<ApiKey> key(Fields tenant, String id, Fields fields) {
    Yaml.Entry entry = fields.mapping().entries().get(TenantKeys.KEY.name());
    if (entry == null || !(entry.value() instanceof Yaml.Scalar scalar)) {
      noKey(tenant, fields.mapping());
      return Optional.empty();
    }
    String name = fields.find(TenantKeys.KEY_NAME).orElse("");
    Set<KeyScope> scopes = scopes(fields);
    Optional<Instant> expires = expires(fields);
    return hash(tenant, scalar).map(hash -> new ApiKey(id, name, hash, scopes, expires));
  }

  private Set<KeyScope> scopes(Fields fields) {
    var scopes = EnumSet.noneOf(KeyScope.class);
    for (Text scope : fields.texts(TenantKeys.SCOPES)) {
      values.parse(fields.pathOf(TenantKeys.SCOPES), SCOPE, scope).ifPresent(scopes::add);
    }
    return scopes.isEmpty() ? EnumSet.of(KeyScope.INGEST) : scopes;
  }

  private Optional<Instant> expires(Fields fields) {
    Optional<String> text = fields.find(TenantKeys.EXPIRES);
    try {
      return text.map(Instant::parse);
    } catch (DateTimeParseException e) {
      fields.problem(
          TenantKeys.EXPIRES,
          fields.pathOf(TenantKeys.EXPIRES) + " must be a time such as 2027-01-31T00:00:00Z");
      return Optional.empty();
    }
  }

  private Optional<KeyHash> hash(Fields tenant, Yaml.Scalar key) {
    if (!isKey(key.value())) {
      noKey(tenant, key);
      return Optional.empty();
    }
    KeyHash hash =
        key.value().startsWith(HASHED)
            ? KeyHash.parse(key.value().substring(HASHED.length()))
            : KeyHash.of(key.value());
    unique(tenantOfKey, hash, tenant, "a key", "line " + key.line());
    return Optional.of(hash);
  }

  private static boolean isKey(String text) {
    return text.startsWith(HASHED)
        ? text.substring(HASHED.length()).matches("[0-9a-fA-F]{64}")
        : text.matches("[!-~]{1,512}");
  }

  private void noKey(Fields tenant, Yaml item) {
    values.problem(
        "line " + item.line(),
        tenant.pathOf(TenantKeys.KEYS)
            + " holds something that is no key: a key is 1 to 512 visible ASCII characters, or sha256: and 64 hex digits");
  }

  private List<PublicId> publicIds(Fields tenant) {
    var ids = new ArrayList<PublicId>();
    for (Fields fields : tenant.maps(TenantKeys.PUBLIC_IDS, TenantKeys.PUBLIC_ID_MAP)) {
      String id = fields.find(TenantKeys.PUBLIC_ID).orElse("");
      if (!id.matches("[!-~]{1,128}")) {
        fields.problem(
            TenantKeys.PUBLIC_ID,
            fields.pathOf(TenantKeys.PUBLIC_ID) + " must be 1 to 128 visible ASCII characters");
      }
      unique(tenantOfPublicId, id, tenant, "a public id", fields.place(TenantKeys.PUBLIC_ID));
      ids.add(new PublicId(id, origins(fields)));
    }
    return ids;
  }

  private Set<String> origins(Fields fields) {
    var origins = new HashSet<String>();
    for (Text origin : fields.texts(TenantKeys.ORIGINS)) {
      if (!origin.value().matches("\\*|[a-z][a-z0-9+.-]*://[a-z0-9.\\[\\]:-]+")) {
        values.problem(
            origin.place(),
            fields.pathOf(TenantKeys.ORIGINS)
                + " are written as browsers send them, in small letters without a path: https://shop.example");
      }
      origins.add(origin.value());
    }
    Yaml.Entry written = fields.mapping().entries().get(TenantKeys.ORIGINS.name());
    // An empty list is said on purpose: the id is for services, which send no Origin.
    boolean none =
        written != null
            && written.value() instanceof Yaml.Sequence(var items, _)
            && items.isEmpty();
    if (origins.isEmpty() && !none) {
      fields.problem(
          TenantKeys.ORIGINS,
          fields.path() + " needs origins: the sites whose pages may use the public id");
    }
    return origins;
  }

  private <K> void unique(Map<K, String> owners, K key, Fields tenant, String what, String place) {
    String before = owners.putIfAbsent(key, tenant.path());
    if (before != null) {
      values.problem(place, "%s has %s that %s has already".formatted(tenant.path(), what, before));
    }
  }
}
