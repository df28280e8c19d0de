package io.pulsegate.server.door;

import io.pulsegate.api.Acceptor;
import io.pulsegate.api.Code;
import io.pulsegate.api.Discarded;
import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Intake;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Origins;
import io.pulsegate.api.Redaction;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.Tenants;
import io.pulsegate.server.config.DialectsConfig;
import io.pulsegate.server.config.DialectsConfig.Binding;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// The doorkeeper of the server: keys by intake, everybody else by the configuration.
public final class Bindings implements Doorkeeper {
  private static final String COLLECTION = "collection";
  private static final String KAASINO = "kaasino";
  private static final String PULSE_METRICS = "pulsemetrics";
  private static final Binding UNBOUND = new Binding(Optional.empty(), false, Origins.NONE);

  /// On whose account a body is read that may turn out to be nobody's: no lane is ever made of it.
  private static final Tenant NOBODY =
      new Tenant(new LaneKey(new TenantId("unattributed"), 1), Durability.DISK);

  private static final CompletableFuture<Identity> UNKNOWN =
      CompletableFuture.completedFuture(new Identity.Unknown());

  private final Intake intake;
  private final DialectsConfig config;
  private final TenantRegistry tenants;
  private volatile Origins siteOrigins = Origins.NONE;
  private final Optional<Domains> domains;
  private final Treatment treatment;

  /// What becomes of the events of somebody who is known.
  ///
  /// @param clerk keeps what is turned away
  /// @param privacy what the levels of tenants mean
  /// @param memory what the events of a binding at level memory go through
  /// @param partitions where they will go
  public record Treatment(
      Clerk clerk, PrivacyRules privacy, Acceptor memory, SinkPartitions partitions) {}

  /// @param domains authorises the senders of the Collection API, where that is configured
  public Bindings(
      Intake intake,
      DialectsConfig config,
      TenantRegistry tenants,
      Optional<Domains> domains,
      Treatment treatment) {
    this.intake = intake;
    this.config = config;
    this.tenants = tenants;
    this.domains = domains;
    this.treatment = treatment;
    tenants.onChange(now -> siteOrigins = originsOf(now));
  }

  private static Origins originsOf(Tenants tenants) {
    List<String> origins =
        tenants.all().stream()
            .flatMap(tenant -> tenant.access().publicIds().stream())
            .flatMap(id -> id.origins().stream())
            .toList();
    return Origins.of(origins);
  }

  private Optional<Tenant> tenant(TenantId id) {
    return tenants.current().byId(id).map(Bindings::tenant);
  }

  private static Tenant tenant(TenantConfig config) {
    return new Tenant(config.lane(), config.terms().durability());
  }

  @Override
  public CompletableFuture<Identity> identify(String dialect, Sender sender) {
    Binding binding = config.bindings().getOrDefault(dialect, UNBOUND);
    return switch (sender) {
      case Sender.Key(String key) ->
          intake
              .authenticate(key)
              .map(tenant -> known(dialect, tenant, binding, false))
              .orElse(UNKNOWN);
      case Sender.Site(String id, Optional<String> origin) -> site(dialect, id, origin, binding);
      case Sender.Domain(String name) ->
          domains.isPresent() ? domains.get().identify(name) : bound(dialect, binding);
      case Sender.Unnamed() ->
          domains.isPresent() && dialect.equals(COLLECTION)
              ? known(dialect, NOBODY, binding, false)
              : bound(dialect, binding);
    };
  }

  /// A tenant that a source is bound to, while there is one of that name. Its records may call it
  /// by any of its names.
  public Optional<Identity.Known> ofSource(TenantId id) {
    return tenant(id)
        .map(tenant ->
            new Identity.Known(
                tenant,
                name ->
                    tenants
                        .current()
                        .byName(name)
                        .map(Bindings::tenant)
                        .filter(meant -> meant.id().equals(id)),
                this::redaction,
                Optional.empty()));
  }

  private CompletableFuture<Identity> bound(String dialect, Binding binding) {
    return binding
        .tenant()
        .flatMap(this::tenant)
        .map(tenant -> known(dialect, tenant, binding, config.anyName()))
        .orElse(UNKNOWN);
  }

  /// A public id belongs to its tenant; any other to the tenant that the dialect is bound to, where
  /// it is bound at all.
  private CompletableFuture<Identity> site(
      String dialect, String id, Optional<String> origin, Binding binding) {
    Optional<Tenants.Site> site = tenants.current().byPublicId(id);
    boolean allowed =
        origin.isEmpty()
            || site.map(known -> known.id().allows(origin.get()))
                .orElseGet(() -> binding.origins().allows(origin.get()));
    if (!allowed) {
      return CompletableFuture.completedFuture(
          new Identity.Refused(
              Code.FORBIDDEN, "pages of this origin may not send for this site", Duration.ZERO));
    }
    return site.map(known -> known(dialect, known.tenant(), binding, false))
        .orElseGet(() -> bound(dialect, binding));
  }

  private CompletableFuture<Identity> known(
      String dialect, Tenant tenant, Binding binding, boolean anyName) {
    Function<String, Optional<Tenant>> named =
        name -> {
          Optional<Tenant> meant = tenants.current().byName(name).map(Bindings::tenant);
          boolean own = meant.isPresent() && meant.get().id().equals(tenant.id());
          if (anyName || own) {
            return Optional.of(tenant);
          }
          return binding.trusted() ? meant : Optional.empty();
        };
    boolean buffered =
        dialect.equals(PULSE_METRICS) && config.memory().durability() == Durability.MEMORY;
    return CompletableFuture.completedFuture(
        new Identity.Known(
            tenant,
            named,
            this::redaction,
            buffered ? Optional.of(treatment.memory()) : Optional.empty()));
  }

  private Optional<Redaction> redaction(Tenant tenant) {
    return tenants
        .current()
        .byId(tenant.id())
        .flatMap(config -> treatment.privacy().of(config.terms().privacy()));
  }

  @Override
  public Tenant host(String dialect) {
    return config
        .bindings()
        .getOrDefault(dialect, UNBOUND)
        .tenant()
        .flatMap(this::tenant)
        .orElse(NOBODY);
  }

  @Override
  public Origins origins(String dialect) {
    Origins bound = config.bindings().getOrDefault(dialect, UNBOUND).origins();
    return dialect.equals(KAASINO) ? bound.and(siteOrigins) : bound;
  }

  @Override
  public void keep(
      Tenant tenant,
      Source source,
      String dialect,
      List<Discarded> events,
      Consumer<Optional<String>> done) {
    treatment.clerk().keep(tenant, source, dialect, events, done);
  }

  @Override
  public OptionalInt partitionOf(Tenant tenant, byte[] partitionKey) {
    return treatment.partitions().of(tenant, partitionKey);
  }
}
