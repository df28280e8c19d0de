package io.pulsegate.server.door;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Privacy;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.config.DialectsConfig.Domain;
import io.pulsegate.server.systems.CollectionLog;
import io.pulsegate.server.tenants.Result;
import io.pulsegate.server.tenants.TenantDirectory;
import io.pulsegate.server.tenants.TenantView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Makes a sender of an authorised domain: its client is the tenant. A client that is not among the
/// tenants becomes one, from a template. Any thread.
final class Attributions {
  private static final String ACTOR = "door";

  private final TenantDirectory tenants;
  private final PrivacyRules privacy;
  private final String template;
  private final int clientsMax;
  private final CollectionLog lines;
  private final Metrics.Counter attributed;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /// @param template settings of a new tenant but for its id, as a JSON object
  /// @param clientsMax most tenants there may be for another to come to be
  Attributions(
      TenantDirectory tenants,
      PrivacyRules privacy,
      String template,
      int clientsMax,
      CollectionLog lines,
      Metrics metrics) {
    this.tenants = tenants;
    this.privacy = privacy;
    this.template = template;
    this.clientsMax = clientsMax;
    this.lines = lines;
    this.attributed = metrics.counter(DoorMetric.ATTRIBUTIONS);
  }

  /// Whether the client is a tenant.
  boolean knows(TenantId client) {
    return config(client).isPresent();
  }

  private Optional<TenantConfig> config(TenantId client) {
    return tenants.registry().current().byId(client);
  }

  /// Makes the client a tenant where it is none. Writes to the state store: may block.
  ///
  /// @return why it could not be made; empty where it is there
  Optional<String> provision(TenantId client) {
    if (knows(client)) {
      return Optional.empty();
    }
    if (tenants.registry().current().all().size() >= clientsMax) {
      return Optional.of("there are clients_max tenants already");
    }
    Result<TenantView> made = tenants.create(ACTOR, Bytes.of(document(client)));
    return knows(client) ? Optional.empty() : Optional.of("it could not be made a tenant: " + made);
  }

  private String document(TenantId client) {
    String rest = template.strip().substring(1);
    String id =
        new String(new JsonWriter(64).value(client.value()).toByteArray(), StandardCharsets.UTF_8);
    return "{\"id\":" + id + (rest.startsWith("}") ? "" : ",") + rest;
  }

  /// The sender; never blocks.
  Identity admit(String domain, Domain known) {
    Optional<TenantConfig> config = config(known.client());
    if (config.isEmpty()) {
      return new Identity.Refused(
          Code.FORBIDDEN, "the client of this domain is no tenant", Duration.ZERO);
    }
    Tenant tenant = new Tenant(config.get().lane(), config.get().terms().durability());
    attributed.add(1);
    if (told.size() < clientsMax && told.add(domain)) {
      lines.authorised(domain, known.client().value());
    }
    return new Identity.Known(
        tenant,
        name ->
            tenants
                .registry()
                .current()
                .byName(name)
                .filter(named -> named.id().equals(tenant.id()))
                .map(named -> tenant),
        _ -> privacy.of(stricter(known.privacy(), config.get().terms().privacy())),
        Optional.empty());
  }

  private static Privacy stricter(Privacy one, Privacy other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
