package io.pulsegate.server.config;

import io.pulsegate.api.Bytes;
import io.pulsegate.server.config.ServerConfig.SinkEntry;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import io.pulsegate.server.plugins.Components;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads single tenants written as JSON, with the keys of a tenant in the file but for its secret
/// keys. Environment variables mean nothing in them.
public final class TenantDocuments {
  private final List<RouteSinks.Named> sinks;
  private final Components components;

  /// With our own transforms.
  public TenantDocuments(List<SinkEntry<?>> sinks) {
    this(sinks, Components.builtIn());
  }

  /// @param sinks those that routes may end in
  /// @param components whose transforms routes may name
  public TenantDocuments(List<SinkEntry<?>> sinks, Components components) {
    this.sinks = sinks.stream().map(RouteSinks.Named::of).toList();
    this.components = components;
  }

  /// What came of reading one.
  ///
  /// @param entry as far as it could be read; empty where not even its id could
  /// @param problems empty where it is good
  public record Read(Optional<TenantEntry> entry, List<Problem> problems) {
    public Read {
      problems = List.copyOf(problems);
    }
  }

  public Read read(Bytes json) {
    var problems = new ArrayList<Problem>();
    Yaml.Mapping document = YamlJson.read(json, problems::add);
    if (!problems.isEmpty()) {
      return new Read(Optional.empty(), problems);
    }
    var source = new ConfigSource(Optional.empty(), Map.of(), Map.of());
    var values = new Values(source, document, problems::add);
    if (document.entries().containsKey(TenantKeys.KEYS.name())) {
      values.problem(
          "line " + document.line(),
          "keys are no part of a tenant here: they are made one by one, so that only their hashes are kept");
    }
    Optional<TenantEntry> entry =
        new TenantsReader(values, new Running(values), components).tenant(document);
    return new Read(entry, problems);
  }

  /// The sinks of the running server: none can be added.
  private final class Running implements RouteSinks {
    private final Values values;

    Running(Values values) {
      this.values = values;
    }

    @Override
    public List<Named> all() {
      return sinks;
    }

    @Override
    public Optional<Named> imply(String kind, Map<String, Text> texts, String place) {
      values.problem(
          place,
          "there is no sink of the type %s; add one to the section sinks of the file and restart"
              .formatted(kind));
      return Optional.empty();
    }
  }
}
