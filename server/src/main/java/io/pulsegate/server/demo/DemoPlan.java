package io.pulsegate.server.demo;

import io.pulsegate.api.TenantId;
import io.pulsegate.core.KeyHash;
import io.pulsegate.server.config.ServerConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// Whether a configuration lets the demo page be served, and from what.
public sealed interface DemoPlan {
  /// The demo can be served.
  ///
  /// @param tenant whose events the page sends and shows
  /// @param sink the sink that is asked for them
  /// @param table the sink's table: letters, digits and `_`
  record Ready(TenantId tenant, String sink, String table) implements DemoPlan {}

  /// It cannot.
  ///
  /// @param reason what to change
  record Refused(String reason) implements DemoPlan {}

  /// The key that the page sends with. Everybody knows it: that is why the page is for loopback.
  String KEY = "demo";

  /// Looks at the configuration: a listener on loopback, a tenant with the key `demo`, and DuckDB.
  static DemoPlan of(ServerConfig config) {
    if (!isLoopback(config.listener().bind())) {
      return new Refused(
          "it shows events to whoever opens it and is served on loopback only, not on %s; leave out --bind"
              .formatted(config.listener().bind()));
    }
    Optional<TenantId> tenant =
        config.tenants().stream()
            .filter(entry -> entry.keys().contains(KeyHash.of(KEY)))
            .map(ServerConfig.TenantEntry::id)
            .findFirst();
    if (tenant.isEmpty()) {
      return new Refused(
          "its page sends with the key demo, which no tenant has; give it to one, or start without a configuration");
    }
    return config.sinks().stream()
        .filter(sink -> sink.factory().spec().name().equals("duckdb"))
        .findFirst()
        .<DemoPlan>map(
            sink -> new Ready(tenant.get(), sink.name(), sink.setting("table").orElse("events")))
        .orElseGet(() ->
            new Refused(
                "it shows what has arrived in DuckDB, and there is no sink of type duckdb; add one, or start without a configuration"));
  }

  private static boolean isLoopback(String bind) {
    try {
      return InetAddress.getByName(bind).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
