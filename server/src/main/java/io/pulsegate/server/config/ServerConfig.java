package io.pulsegate.server.config;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.OnPoison;
import io.pulsegate.core.TenantSettings;
import io.pulsegate.ingress.kafka.KafkaSourceConfig;
import io.pulsegate.server.plugins.Components;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The configuration after every check: whoever holds one need not check again.
///
/// @param components all kinds there are, of which `sinks` and the routes name some
/// @param warnings what is allowed but probably not meant
/// @param effective every value with its origin, secrets masked, for `pulsegate check`
public record ServerConfig(
    Path data,
    long memoryBytes,
    Listener listener,
    Admin admin,
    Limits limits,
    Log log,
    Delivery delivery,
    List<TenantEntry> tenants,
    DialectsConfig dialects,
    List<SinkEntry<?>> sinks,
    List<SourceEntry> sources,
    Components components,
    List<String> warnings,
    List<Effective> effective) {
  public ServerConfig {
    tenants = List.copyOf(tenants);
    sinks = List.copyOf(sinks);
    sources = List.copyOf(sources);
    warnings = List.copyOf(warnings);
    effective = List.copyOf(effective);
  }

  /// The public listener.
  public record Listener(String bind, int port, boolean readyStrict, Duration stopTimeout) {}

  /// The admin listener, always on loopback.
  ///
  /// @param token empty where one is to be made
  /// @param auditTime how long a line of the audit log is kept; zero for ever
  /// @param auditBytesMax with more in the audit log, its oldest lines go
  public record Admin(int port, Optional<Secret> token, Duration auditTime, long auditBytesMax) {}

  /// Bounds of one request.
  public record Limits(
      int bodyBytesMax, int inflatedBytesMax, int eventsMax, int eventBytesMax, int depthMax) {}

  /// Sizes of the log.
  ///
  /// @param replayTime how long it keeps what every sink has, where there is room
  /// @param replayBytesMax with more in its files, it keeps that no longer
  /// @param recycle whether new files are written over old ones
  /// @param backlogBytesMax most payload bytes that may wait for the slowest sink
  public record Log(
      long segmentBytes,
      long reserveBytes,
      Duration replayTime,
      long replayBytesMax,
      boolean recycle,
      OptionalLong backlogBytesMax) {
    /// What others leave free on the log's disk, so that it has room for its next segment.
    public long diskKeepBytes() {
      return reserveBytes + segmentBytes;
    }
  }

  /// How sinks are fed.
  ///
  /// @param orphanGrace how long what waits for a removed sink or tenant is kept
  /// @param deadLetterRetention how long a dead letter waits; zero for ever
  /// @param linger how long events may wait for a write to fill up; zero for not at all
  /// @param writesMax how many sinks are written to at a time
  public record Delivery(
      int batchEventsMax,
      int batchBytesMax,
      int poisonAttemptsMax,
      Duration transformTimeout,
      Duration orphanGrace,
      Duration deadLetterRetention,
      Duration linger,
      int writesMax) {}

  /// One tenant, as the file says.
  public record TenantEntry(TenantId id, TenantSettings settings) {
    /// What a positive reply to it means.
    public Durability durability() {
      return settings.terms().durability();
    }

    /// Hashes of its keys.
    public List<KeyHash> keys() {
      return settings.access().keys().stream().map(ApiKey::hash).toList();
    }
  }

  /// One sink, its settings checked.
  ///
  /// @param texts what was written of its settings
  public record SinkEntry<C>(
      String name, SinkFactory<C> factory, C config, Map<String, String> texts, OnPoison onPoison) {
    public SinkEntry {
      texts = Map.copyOf(texts);
    }

    /// What was written of a setting.
    public Optional<String> setting(String setting) {
      return Optional.ofNullable(texts.get(setting));
    }

    /// What it writes into, as far as that is known.
    public Optional<String> place(Path dataFolder) {
      return factory.place(config, dataFolder);
    }

    /// Makes it; neither connects nor blocks.
    public Sink create(SinkContext context) {
      return factory.create(config, context);
    }

    /// Does not show the settings: they may hold secrets.
    @Override
    public String toString() {
      return name + " (" + factory.spec().name() + ")";
    }
  }

  /// One source of events in Kafka.
  public record SourceEntry(String name, KafkaSourceConfig config) {}

  /// One effective value.
  ///
  /// @param value masked where it is secret
  /// @param origin `default`, `line 12`, `--port` or `PORT`
  public record Effective(String path, String value, String origin) {}

  /// A text that is never shown.
  public record Secret(String value) {
    @Override
    public String toString() {
      return "***";
    }
  }
}
