package io.pulsegate.server.config;

import com.sun.management.OperatingSystemMXBean;
import io.pulsegate.api.Setting;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.server.config.ServerConfig.Secret;
import io.pulsegate.server.config.ServerConfig.SinkEntry;
import io.pulsegate.server.config.ServerConfig.SourceEntry;
import io.pulsegate.server.config.ServerConfig.TenantEntry;
import io.pulsegate.server.plugins.Components;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Turns what was written into a [ServerConfig], or into everything that is wrong with it.
public final class ConfigChecker {
  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final Duration LINGER_MAX = Duration.ofHours(1);

  private final Function<Path, Components> components;

  /// @param components what there is with the plugins of a folder
  public ConfigChecker(Function<Path, Components> components) {
    this.components = components;
  }

  /// With our own transforms, and without plugins.
  ///
  /// @param sinkFactories by the name that stands in `type`
  public ConfigChecker(Map<String, SinkFactory<?>> sinkFactories) {
    this(_ -> Components.builtIn().withSinks(sinkFactories));
  }

  /// What there is with the plugins of the folder that was named, whether the rest is good or not.
  public Components components(ConfigSource source) {
    var reader = new YamlReader(source.environment(), _ -> {});
    Yaml.Mapping root = source.document().map(reader::read).orElse(Yaml.Mapping.EMPTY);
    return components.apply(folder(new Values(source, root, _ -> {}), Keys.PLUGINS));
  }

  /// Checks everything; nothing is opened or connected.
  public Checked check(ConfigSource source) {
    List<Problem> problems = new ArrayList<>();
    var reader = new YamlReader(source.environment(), problems::add);
    Yaml.Mapping root = source.document().map(reader::read).orElse(Yaml.Mapping.EMPTY);
    var values = new Values(source, root, problems::add);
    checkKeys(root, values);
    ServerConfig config = assemble(source, root, values);
    Set<String> unsetPlaces =
        reader.unset().stream().map(Problem::place).collect(Collectors.toSet());
    problems.removeIf(
        problem -> unsetPlaces.contains(problem.place()) && !reader.unset().contains(problem));
    return problems.isEmpty() ? new Checked.Valid(config) : new Checked.Invalid(sorted(problems));
  }

  private static List<Problem> sorted(List<Problem> problems) {
    return problems.stream()
        .distinct()
        .sorted((a, b) -> Integer.compare(line(a), line(b)))
        .toList();
  }

  private static int line(Problem problem) {
    return problem.place().startsWith("line ")
        ? Integer.parseInt(problem.place().substring("line ".length()))
        : 0;
  }

  private static void checkKeys(Yaml.Mapping root, Values values) {
    Set<String> top = new LinkedHashSet<>();
    for (String section : Keys.SECTIONS.keySet()) {
      List<String> names =
          Keys.ALL.stream()
              .filter(key -> key.section().equals(section))
              .map(key -> key.setting().name())
              .toList();
      if (section.isEmpty()) {
        top.addAll(names);
      } else {
        top.add(section);
        Yaml.Mapping mapping = values.mapping(root, section);
        values.knownOnly(section, mapping, names);
        Map<String, Text> _ = values.texts(section, mapping);
      }
    }
    top.addAll(List.of("tenants", "dialects", "sinks", SourcesReader.SECTION));
    values.knownOnly("", root, top);
    for (String name : List.of(Keys.DATA.path(), Keys.MEMORY.path(), Keys.PLUGINS.path())) {
      Yaml.Entry entry = root.entries().get(name);
      if (entry != null && !(entry.value() instanceof Yaml.Scalar)) {
        values.problem("line " + entry.line(), name + " must be a single value");
      }
    }
  }

  private ServerConfig assemble(ConfigSource source, Yaml.Mapping root, Values values) {
    Path data = data(values);
    Components there = components.apply(folder(values, Keys.PLUGINS));
    long memory = memory(values);
    var listener =
        new ServerConfig.Listener(
            bind(values),
            values.get(Keys.PORT),
            values.get(Keys.READY_STRICT),
            values.get(Keys.STOP_TIMEOUT));
    var admin =
        new ServerConfig.Admin(
            values.get(Keys.ADMIN_PORT),
            token(values),
            values.get(Keys.AUDIT_TIME),
            values.get(Keys.AUDIT_SIZE));
    if (listener.port() != 0 && listener.port() == admin.port()) {
      values.problem(values.place(Keys.ADMIN_PORT), "admin.port must differ from server.port");
    }
    var limits = limits(values);
    var log =
        new ServerConfig.Log(
            bounded(values, Keys.SEGMENT, 16 * MIB, 4 * GIB),
            bounded(values, Keys.RESERVE, 16 * MIB, Long.MAX_VALUE),
            replayTime(values),
            values.get(Keys.REPLAY_SIZE),
            values.get(Keys.RECYCLE),
            backlog(values));
    var delivery =
        new ServerConfig.Delivery(
            values.get(Keys.BATCH_EVENTS),
            (int) bounded(values, Keys.BATCH_BYTES, 64 * 1024, 256 * MIB),
            values.get(Keys.POISON_ATTEMPTS),
            transformTimeout(values),
            values.get(Keys.ORPHAN_GRACE),
            values.get(Keys.DEAD_LETTER_RETENTION),
            linger(values),
            values.find(Keys.WRITES).orElse(DeliveryPolicy.ANY_WRITES));
    List<String> warnings = new ArrayList<>();
    there.broken().forEach(jar -> warnings.add("a plugin cannot be used: " + jar));
    var sinksReader = new SinksReader(there.sinks(), values, source.environment());
    sinksReader.read(root);
    List<TenantEntry> tenants =
        new TenantsReader(values, sinksReader, there).read(root, source.environment());
    refuseDemoAbroad(listener, root, source, values);
    DialectsConfig dialects =
        new DialectsReader(values, source.environment(), tenants)
            .read(
                root,
                new DialectsReader.Surroundings(
                    isLoopback(listener.bind()),
                    isDemo(root, source),
                    template -> {
                      var _ = new TenantsReader(values, sinksReader, there).tenant(template);
                    }));
    List<SinkEntry<?>> sinks = sinksReader.finish(root, data);
    List<SourceEntry> sources = new SourcesReader(values).read(root);
    tenants.stream()
        .filter(
            tenant -> tenant.keys().isEmpty() && tenant.settings().access().publicIds().isEmpty())
        .forEach(tenant ->
            warnings.add(
                "tenant %1$s has no key in the file; make one while the server runs: pulsegate keys create %1$s"
                    .formatted(tenant.id())));
    if (root.entries().containsKey("sinks")
        && !source.environment().getOrDefault("DATABASE_URL", "").isEmpty()
        && !source.document().orElse("").contains("${DATABASE_URL")) {
      warnings.add("DATABASE_URL is set and not used: the configuration names its sinks");
    }
    warnings.addAll(SeedVariables.warnings(source.environment(), sinks));
    return new ServerConfig(
        data,
        memory,
        listener,
        admin,
        limits,
        log,
        delivery,
        tenants,
        dialects,
        sinks,
        sources,
        there,
        warnings,
        values.effective());
  }

  /// An hour at least, so that what went wrong just now can be delivered again.
  private static Duration replayTime(Values values) {
    Duration time = values.get(Keys.REPLAY_TIME);
    if (time.compareTo(Duration.ofHours(1)) < 0) {
      values.problem(values.place(Keys.REPLAY_TIME), "log.replay_time must be 1h or longer");
    }
    return time;
  }

  private static Duration transformTimeout(Values values) {
    Duration timeout = values.get(Keys.TRANSFORM_TIMEOUT);
    if (timeout.toMillis() < 10 || timeout.toMinutes() > 10) {
      values.problem(
          values.place(Keys.TRANSFORM_TIMEOUT),
          "delivery.transform_timeout must be 10ms to 10m, was " + timeout);
    }
    return timeout;
  }

  private static Duration linger(Values values) {
    Duration linger = values.get(Keys.LINGER);
    if (linger.isNegative() || linger.compareTo(LINGER_MAX) > 0) {
      values.problem(
          values.place(Keys.LINGER),
          "delivery.linger must be 0 to 1h, was %s: events are safe in the log meanwhile, but nobody sees them"
              .formatted(linger));
    }
    return linger;
  }

  private static ServerConfig.Limits limits(Values values) {
    int body = (int) bounded(values, Keys.BODY, 1024, GIB);
    int inflated = (int) bounded(values, Keys.INFLATED, 1024, GIB);
    if (inflated < body) {
      values.problem(
          values.place(Keys.INFLATED), "limits.inflated must not be smaller than limits.body");
    }
    return new ServerConfig.Limits(
        body,
        inflated,
        values.get(Keys.EVENTS),
        (int) bounded(values, Keys.EVENT, 256, MIB),
        values.get(Keys.DEPTH));
  }

  private static long bounded(Values values, Key<Long> key, long min, long max) {
    long value = values.get(key);
    if (value < min || value > max) {
      values.problem(
          values.place(key),
          "%s must be %s, was %s%s"
              .formatted(
                  key.path(),
                  max == Long.MAX_VALUE ? "at least " + size(min) : size(min) + " to " + size(max),
                  size(value),
                  value < 1024 ? "; a number without a unit counts bytes" : ""));
    }
    return value;
  }

  private static OptionalLong backlog(Values values) {
    Optional<Long> most = values.find(Keys.BACKLOG);
    if (most.isPresent() && most.get() < MIB) {
      values.problem(
          values.place(Keys.BACKLOG),
          "%s must be at least %s, was %s"
              .formatted(Keys.BACKLOG.path(), size(MIB), size(most.get())));
    }
    return most.map(OptionalLong::of).orElseGet(OptionalLong::empty);
  }

  /// The start script gives half of it to the heap, so it must be there.
  private static long memory(Values values) {
    long value = bounded(values, Keys.MEMORY, 256 * MIB, Long.MAX_VALUE);
    long machine = machineBytes();
    if (value > machine) {
      values.problem(
          values.place(Keys.MEMORY),
          "memory must be at most what this machine has, %d MiB, was %s"
              .formatted(machine / MIB, size(value)));
    }
    return value;
  }

  private static long machineBytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /// A size as one writes it: in the largest unit that leaves no rest.
  private static String size(long bytes) {
    String[] units = {" bytes", "KiB", "MiB", "GiB", "TiB"};
    long number = bytes;
    int unit = 0;
    while (unit < units.length - 1 && number != 0 && number % 1024 == 0) {
      number /= 1024;
      unit++;
    }
    return number + units[unit];
  }

  private static Path data(Values values) {
    if (values.get(Keys.DATA).isBlank()) {
      values.problem(values.place(Keys.DATA), "data must name a folder, was empty");
    }
    return folder(values, Keys.DATA);
  }

  private static Path folder(Values values, Key<String> key) {
    String text = values.get(key);
    try {
      return Path.of(text);
    } catch (java.nio.file.InvalidPathException e) {
      values.problem(values.place(key), key.path() + " must be a path: " + e.getReason());
      return Path.of(key.path());
    }
  }

  private static String bind(Values values) {
    String bind = values.get(Keys.BIND);
    try {
      InetAddress _ = InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      values.problem(
          values.place(Keys.BIND), "server.bind is no address of this machine: \"" + bind + "\"");
    }
    return bind;
  }

  private static Optional<Secret> token(Values values) {
    Optional<String> token = values.find(Keys.ADMIN_TOKEN);
    if (token.isPresent() && !token.get().matches("[!-~]{16,}")) {
      values.problem(
          values.place(Keys.ADMIN_TOKEN),
          "admin.token must be at least 16 visible ASCII characters");
    }
    return token.map(Secret::new);
  }

  /// Everybody knows the key `demo`: it opens loopback only.
  private static void refuseDemoAbroad(
      ServerConfig.Listener listener, Yaml.Mapping root, ConfigSource source, Values values) {
    if (!isDemo(root, source) || isLoopback(listener.bind())) {
      return;
    }
    values.problem(
        values.place(Keys.BIND),
        "the well-known key \"demo\" may be used on loopback only, not on %s; set %s to a key of your own, or name tenants in the configuration"
            .formatted(listener.bind(), TenantsReader.KEY_VARIABLE));
  }

  /// Whether the only key is the one that everybody knows.
  private static boolean isDemo(Yaml.Mapping root, ConfigSource source) {
    return !root.entries().containsKey("tenants")
        && source.environment().getOrDefault(TenantsReader.KEY_VARIABLE, "").isEmpty();
  }

  private static boolean isLoopback(String bind) {
    try {
      return InetAddress.getByName(bind).isLoopbackAddress();
    } catch (UnknownHostException alreadyReported) {
      return true;
    }
  }

  /// The names of a component's settings.
  static List<String> names(List<Setting<?>> settings) {
    List<String> names = new ArrayList<>();
    settings.forEach(setting -> names.add(setting.name()));
    return names;
  }
}
