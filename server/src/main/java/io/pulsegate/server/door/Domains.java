package io.pulsegate.server.door;

import io.pulsegate.api.EventWriter.HashKey;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Metrics;
import io.pulsegate.server.config.DialectsConfig.Attribution;
import io.pulsegate.server.config.DialectsConfig.Domain;
import io.pulsegate.server.config.DialectsConfig.Lookup;
import io.pulsegate.server.systems.CollectionLog;
import io.pulsegate.server.tenants.TenantDirectory;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Attribution by domain, as configured, put together.
public final class Domains implements AutoCloseable {
  private static final int CLIENTS_MAX = 10_000;

  private final DomainAuthority authority;
  private final Optional<HttpDomainService> service;
  private final String mode;

  /// What attribution works with.
  public record Parts(
      TenantDirectory tenants,
      HashKey key,
      AuditTrail audit,
      CollectionLog lines,
      Metrics metrics,
      InstantSource clock) {}

  public Domains(Attribution attribution, Parts parts) {
    this.service = attribution.lookup().map(HttpDomainService::new);
    this.mode = service.isPresent() ? "service" : "table";
    var attributions =
        new Attributions(
            parts.tenants(),
            new PrivacyRules(parts.key()),
            attribution.template(),
            attribution.lookup().map(Lookup::clientsMax).orElse(CLIENTS_MAX),
            parts.lines(),
            parts.metrics());
    // Those of the table are configured: they are there whether an event has come or not.
    attribution.domains().values().stream()
        .map(Domain::client)
        .distinct()
        .forEach(client ->
            attributions
                .provision(client)
                .ifPresent(reason ->
                    System.getLogger(Domains.class.getName())
                        .log(
                            System.Logger.Level.WARNING,
                            "a client of the table is no tenant client_id={0} reason={1}",
                            client,
                            reason)));
    DomainService none =
        domain -> CompletableFuture.completedFuture(new DomainService.Answer.Refused("no service"));
    this.authority =
        new DomainAuthority(
            attribution,
            service.<DomainService>map(real -> real).orElse(none),
            attributions,
            parts.audit(),
            parts.lines(),
            parts.metrics(),
            parts.clock());
  }

  CompletableFuture<Identity> identify(String domain) {
    return authority.identify(domain);
  }

  /// `table` or `service`.
  public String mode() {
    return mode;
  }

  /// What is wrong with the service, as far as is known.
  public Optional<String> trouble() {
    return authority.trouble();
  }

  @Override
  public void close() {
    service.ifPresent(HttpDomainService::close);
  }
}
