package io.pulsegate.embedded;

import io.pulsegate.api.Durability;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.api.TenantId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/// What an embedded PulseGate is told; each method gives back the same object. A value that makes
/// no sense is refused where it is given, with [IllegalArgumentException].
public final class EmbeddedConfig {
  private static final long MIB = 1L << 20;

  final Path folder;
  final Map<String, Function<SinkContext, Sink>> sinks = new LinkedHashMap<>();
  TenantId tenant = new TenantId("local");
  Durability durability = Durability.DISK;
  long memoryBytes = 128 * MIB;
  long segmentBytes = 64 * MIB;
  Duration closeLimit = Duration.ofSeconds(10);
  Metrics metrics = Metrics.NONE;

  private EmbeddedConfig(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /// @param folder for the log, the cursors and dead letters; one PulseGate per folder
  public static EmbeddedConfig in(Path folder) {
    return new EmbeddedConfig(folder);
  }

  /// A sink in code. Its name is where its place is kept under: the same one at every start.
  public EmbeddedConfig sink(String name, EventHandler handler) {
    Objects.requireNonNull(handler, "the handler of a sink must not be null");
    return add(name, context -> new HandlerSink(handler));
  }

  /// One of the kinds on the class path, such as `duckdb` or `postgres` of `pulsegate-sinks`.
  ///
  /// @param type as in a server's configuration
  /// @param settings as in a server's configuration
  public EmbeddedConfig sink(String name, String type, Map<String, String> settings) {
    Map<String, SinkFactory<?>> kinds = new TreeMap<>();
    for (SinkFactory<?> factory : ServiceLoader.load(SinkFactory.class)) {
      kinds.put(factory.spec().name(), factory);
    }
    SinkFactory<?> factory = kinds.get(type);
    if (factory == null) {
      throw new IllegalArgumentException(
          "there is no sink \"%s\" on the class path, but %s; pulsegate-sinks has ours"
              .formatted(type, kinds.keySet()));
    }
    return add(name, maker(factory, settings));
  }

  private static <C> Function<SinkContext, Sink> maker(
      SinkFactory<C> factory, Map<String, String> settings) {
    var known = factory.spec().settings().stream().map(Setting::name).toList();
    for (String name : settings.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "the sink %s has no setting \"%s\", but %s"
                .formatted(factory.spec().name(), name, known));
      }
    }
    C config = factory.spec().reader().apply(new Settings(settings));
    return context -> factory.create(config, context);
  }

  private EmbeddedConfig add(String name, Function<SinkContext, Sink> maker) {
    if (!name.matches("[a-z][a-z0-9_-]{0,31}")) {
      throw new IllegalArgumentException(
          "a sink's name is 1 to 32 small letters, digits, '_' or '-', beginning with a letter; was "
              + name);
    }
    if (sinks.putIfAbsent(name, maker) != null) {
      throw new IllegalArgumentException("two sinks are called " + name);
    }
    return this;
  }

  /// Whose events they are, in the column `tenant_id`. Default `local`.
  public EmbeddedConfig tenant(String id) {
    tenant = new TenantId(id);
    return this;
  }

  /// What a receipt means. Default [Durability#DISK]: synced.
  public EmbeddedConfig durability(Durability level) {
    durability = level;
    return this;
  }

  /// Memory for events under way, for the deduplication window and for sinks. Default 128 MiB.
  public EmbeddedConfig memory(long bytes) {
    if (bytes < 32 * MIB) {
      throw new IllegalArgumentException("memory is at least 32 MiB, was " + bytes);
    }
    memoryBytes = bytes;
    return this;
  }

  /// Size of a file of the log, of which at least two are on disk. Default 64 MiB.
  public EmbeddedConfig segment(long bytes) {
    if (bytes < 16 * MIB || bytes > 4096 * MIB) {
      throw new IllegalArgumentException("a segment has 16 MiB to 4 GiB, was " + bytes);
    }
    segmentBytes = bytes;
    return this;
  }

  /// How long [PulseGate#close()] waits for the sinks. Default 10 s.
  public EmbeddedConfig closeLimit(Duration limit) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException("closeLimit is not negative, was " + limit);
    }
    closeLimit = limit;
    return this;
  }

  /// Where figures go. Default nowhere.
  public EmbeddedConfig metrics(Metrics where) {
    metrics = where;
    return this;
  }
}
