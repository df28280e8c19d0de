package io.pulsegate.server.export;

import io.pulsegate.api.Credentials;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.ObjectExport;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Sink;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.server.config.SinkNames;
import io.pulsegate.server.systems.Systems;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The exports that are among the sinks, by their names.
public final class Exports {
  private final Map<String, Sink> sinks;
  private final Supplier<List<SinkStatus>> status;
  private final TenantRegistry tenants;
  private final boolean open;
  private final Metrics metrics;
  private final InstantSource clock;

  /// @param open whether everybody on this machine may ask for the pages, without a key
  public Exports(
      Map<String, Sink> sinks,
      Supplier<List<SinkStatus>> status,
      TenantRegistry tenants,
      boolean open,
      Metrics metrics,
      InstantSource clock) {
    this.sinks = Map.copyOf(sinks);
    this.status = status;
    this.tenants = tenants;
    this.open = open;
    this.metrics = metrics;
    this.clock = clock;
  }

  /// The pages of the exports that are there, before others.
  public Pages before(Pages others) {
    return new ExportPages(
        others,
        export(Export.Kind.RAW, SinkNames.RAW_EXPORT),
        export(Export.Kind.PROCESSED, SinkNames.PROCESSED_EXPORT),
        this::mayAsk);
  }

  private boolean mayAsk(RequestHead head) {
    return (open && Systems.isLocal(head))
        || Credentials.of(head)
            .flatMap(key -> tenants.current().byKey(KeyHash.of(key)))
            .filter(bearer -> bearer.key().allows(KeyScope.ADMIN, clock.instant()))
            .isPresent();
  }

  private Optional<Export> export(Export.Kind kind, String name) {
    if (!(sinks.get(name) instanceof ObjectExport sink)) {
      return Optional.empty();
    }
    var export =
        new Export(
            kind,
            sink,
            () ->
                status.get().stream()
                    .filter(each -> each.name().equals(name))
                    .findFirst()
                    .orElseThrow(),
            clock);
    metrics.gauge(ExportMetric.LAG, export::lagSeconds, kind.name().toLowerCase(Locale.ROOT));
    return Optional.of(export);
  }
}
