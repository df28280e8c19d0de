package io.pulsegate.server.door;

import io.pulsegate.api.Partitioned;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.Route;
import io.pulsegate.core.TenantRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// Which partition an event will go to in the first of its tenant's sinks that has such. Any
/// thread; never waits.
public final class SinkPartitions {
  private final Map<String, Partitioned> sinks = new LinkedHashMap<>();
  private final TenantRegistry tenants;

  /// @param all sinks by name
  public SinkPartitions(Map<String, Sink> all, TenantRegistry tenants) {
    this.tenants = tenants;
    all.forEach((name, sink) -> {
      if (sink instanceof Partitioned partitioned) {
        sinks.put(name, partitioned);
      }
    });
  }

  OptionalInt of(Tenant tenant, byte[] partitionKey) {
    if (sinks.isEmpty()) {
      return OptionalInt.empty();
    }
    List<Route> routes =
        tenants
            .current()
            .byId(tenant.id())
            .map(config -> config.settings().routes())
            .orElse(List.of());
    return sinks.entrySet().stream()
        .filter(sink -> routes.isEmpty() || leadTo(routes, sink.getKey()))
        .map(sink -> sink.getValue().partitionOf(tenant.id(), partitionKey))
        .filter(OptionalInt::isPresent)
        .findFirst()
        .orElse(OptionalInt.empty());
  }

  private static boolean leadTo(List<Route> routes, String sink) {
    return routes.stream()
        .flatMap(route -> route.targets().stream())
        .anyMatch(target -> target.sink().equals(sink));
  }
}
