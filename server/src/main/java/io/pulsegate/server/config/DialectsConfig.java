package io.pulsegate.server.config;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Origins;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Privacy;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How the clients of each wire format, many of which send no credential, come to their tenants.
///
/// @param bindings by the dialect's name; a dialect that is missing lets in keys alone
/// @param anyName whether bodies may name the bound tenant by any name: with no configuration,
///   where there is only `demo`
/// @param open whether events may be read without a key: on loopback, in `development`
public record DialectsConfig(
    Map<String, Binding> bindings,
    Memory memory,
    boolean testEvents,
    Attribution attribution,
    boolean metricsAsJson,
    boolean anyName,
    boolean open) {
  public DialectsConfig {
    bindings = Map.copyOf(bindings);
  }

  /// One dialect.
  ///
  /// @param tenant of requests that name nobody; empty where they are not let in
  /// @param trusted whether an event's body may choose among the known tenants
  /// @param origins whose pages may send
  public record Binding(Optional<TenantId> tenant, boolean trusted, Origins origins) {}

  /// PulseMetrics at level memory.
  ///
  /// @param durability what its replies mean
  /// @param bufferEventsMax events between the reply and the disk; more are dropped
  public record Memory(Durability durability, int bufferEventsMax) {}

  /// How the domains of the Collection API become tenants.
  ///
  /// @param domains those known without asking
  /// @param template settings of a tenant that comes to be this way, but for its id, as a JSON
  ///   object
  public record Attribution(Map<String, Domain> domains, Optional<Lookup> lookup, String template) {
    public Attribution {
      domains = Map.copyOf(domains);
    }

    /// Whether domains are authorised at all.
    public boolean isOn() {
      return !domains.isEmpty() || lookup.isPresent();
    }
  }

  /// What is known of a domain.
  ///
  /// @param client name of its tenant
  public record Domain(TenantId client, Privacy privacy) {}

  /// The service that knows domains.
  ///
  /// @param url what stands before `/api/v1/config/domain/`
  /// @param clientField name of the field with the client id
  /// @param privacyField name of the field with the privacy level
  /// @param timeout of one lookup
  /// @param fresh how long an answer is used without asking again
  /// @param stale how long after that it is used while the service fails
  /// @param refused how long a refusal is remembered
  /// @param clientsMax most tenants that may come to be this way
  public record Lookup(
      URI url,
      String clientField,
      String privacyField,
      Duration timeout,
      Duration fresh,
      Duration stale,
      Duration refused,
      int clientsMax) {}
}
