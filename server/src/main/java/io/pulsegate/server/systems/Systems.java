package io.pulsegate.server.systems;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.Intake;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.Tenants;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.server.config.DialectsConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/// All wire formats of the server, and the pages that go with them.
public final class Systems {
  private static final String EVENT_COLLECTOR = "event-collector";
  private static final String COLLECTION = "collection";

  private final Map<String, Dialect> dialects = new LinkedHashMap<>();
  private final SystemState state;
  private final Pages pages;

  public Systems(
      DialectLimits limits,
      DialectsConfig config,
      Intake intake,
      IngestionLog log,
      Doorkeeper doorkeeper,
      TenantRegistry tenants,
      SystemState.Parts parts,
      CollectionLog lines) {
    var traffic = new LinkedHashMap<String, Traffic>();
    for (DialectFactory factory : ServiceLoader.load(DialectFactory.class)) {
      Traffic own = new Traffic(parts.clock());
      traffic.put(factory.name(), own);
      Optional<CollectionLog> told =
          factory.name().equals(COLLECTION) ? Optional.of(lines) : Optional.empty();
      dialects.put(factory.name(), new ObservedDialect(factory.create(limits), own, told));
    }
    Traffic none = new Traffic(parts.clock());
    state =
        new SystemState(
            parts, traffic.getOrDefault(EVENT_COLLECTOR, none), new ArrayList<>(traffic.values()));
    Optional<TestEvents> testEvents =
        config.testEvents()
            ? Optional.ofNullable(dialects.get(EVENT_COLLECTOR))
                .map(dialect -> new TestEvents(dialect, intake, doorkeeper, parts.clock()))
            : Optional.empty();
    pages =
        new SystemPages(
            state,
            new RecentEvents(log),
            new SystemPages.Readers(
                config.open(), key -> reader(tenants, key, parts.clock().instant())),
            testEvents);
  }

  /// The tenant whose events a key may read.
  private static Optional<Tenant> reader(TenantRegistry tenants, String key, Instant now) {
    return tenants
        .current()
        .byKey(KeyHash.of(key))
        .filter(bearer -> bearer.key().allows(KeyScope.READ, now))
        .map(Tenants.Bearer::tenant);
  }

  /// In the order in which those that share an endpoint are asked.
  public List<Dialect> dialects() {
    return List.copyOf(dialects.values());
  }

  /// Whether a request came to this machine under its own name.
  public static boolean isLocal(RequestHead head) {
    return SystemPages.isLocal(head);
  }

  /// The state in the words of the systems.
  public SystemState state() {
    return state;
  }

  /// Their pages.
  public Pages pages() {
    return pages;
  }
}
