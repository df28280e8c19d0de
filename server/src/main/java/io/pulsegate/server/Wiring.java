package io.pulsegate.server;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.LetterMirror;
import io.pulsegate.api.Queryable;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.Engine;
import io.pulsegate.core.EngineConfig;
import io.pulsegate.core.OnPoison;
import io.pulsegate.core.RetentionPolicy;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.trace.EventFinder;
import io.pulsegate.core.trace.IdFilters;
import io.pulsegate.ingress.http.HttpConfig;
import io.pulsegate.ingress.http.HttpIngress;
import io.pulsegate.ingress.http.HttpPages;
import io.pulsegate.ingress.http.ListenException;
import io.pulsegate.ingress.http.Pages;
import io.pulsegate.ingress.kafka.KafkaSource;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.LogException;
import io.pulsegate.log.RealDisk;
import io.pulsegate.server.admin.Admin;
import io.pulsegate.server.admin.AdminGuard;
import io.pulsegate.server.admin.Callers;
import io.pulsegate.server.admin.LaneEndpoints;
import io.pulsegate.server.admin.LetterEndpoints;
import io.pulsegate.server.admin.ReplayEndpoints;
import io.pulsegate.server.admin.ServerEndpoints;
import io.pulsegate.server.admin.SqlEndpoints;
import io.pulsegate.server.admin.TenantEndpoints;
import io.pulsegate.server.admin.WhereEndpoints;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.config.TenantDocuments;
import io.pulsegate.server.demo.DemoPages;
import io.pulsegate.server.demo.DemoPlan;
import io.pulsegate.server.door.AuditTrail;
import io.pulsegate.server.door.Bindings;
import io.pulsegate.server.door.Clerk;
import io.pulsegate.server.door.Domains;
import io.pulsegate.server.door.MemoryBuffer;
import io.pulsegate.server.door.PrivacyRules;
import io.pulsegate.server.door.SinkPartitions;
import io.pulsegate.server.export.Exports;
import io.pulsegate.server.letters.LetterMirroring;
import io.pulsegate.server.letters.LetterRetention;
import io.pulsegate.server.letters.Redriver;
import io.pulsegate.server.metrics.BacklogMetric;
import io.pulsegate.server.metrics.ProcessMetric;
import io.pulsegate.server.metrics.PrometheusMetrics;
import io.pulsegate.server.replays.Replays;
import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.GivenUp;
import io.pulsegate.server.state.Letters;
import io.pulsegate.server.state.ReplayRows;
import io.pulsegate.server.state.StateException;
import io.pulsegate.server.state.StateStore;
import io.pulsegate.server.state.TenantRows;
import io.pulsegate.server.systems.CollectionLog;
import io.pulsegate.server.systems.SystemState;
import io.pulsegate.server.systems.Systems;
import io.pulsegate.server.tenants.Abandoned;
import io.pulsegate.server.tenants.TenantDirectory;
import io.pulsegate.server.tenants.TenantRules;
import io.pulsegate.server.tenants.TenantVault;
import io.pulsegate.server.where.Whereabouts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Puts the parts together: state store, sinks, engine (log, intake, heads), admin listener, public
/// listener, in this order, so that the door opens last.
final class Wiring {
  /// An entry of the index, an id that is made, and padding, rounded up.
  private static final long SEGMENT_BYTES_MIN = 16L << 20;

  private static final int SEGMENTS_ON_DISK = 16;
  private static final int ADDED_BYTES_PER_EVENT = 256;

  private static final int ADMIN_THREADS = 1;

  private final ServerConfig config;
  private final DataFolder folder;
  private final InstantSource clock = InstantSource.system();
  private final SecureRandom secrets = new SecureRandom();

  /// Ids need speed and must not repeat; each thread has a generator of its own, seeded from the
  /// system's entropy (the start script sets `java.util.secureRandomSeed`).
  private final RandomGenerator ids = () -> ThreadLocalRandom.current().nextLong();

  private final PrometheusMetrics metrics = new PrometheusMetrics();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /// Work done beside everything else, in the order it is closed.
  private final List<AutoCloseable> besides = new ArrayList<>();

  private final Optional<DemoPlan.Ready> demo;

  private Wiring(ServerConfig config, DataFolder folder, Optional<DemoPlan.Ready> demo) {
    this.config = config;
    this.folder = folder;
    this.demo = demo;
  }

  /// Starts a server; when this returns, events are accepted.
  static Server start(ServerConfig config, DataFolder folder) throws StartException {
    return start(config, folder, Optional.empty());
  }

  /// Starts a server with the demo page, where there is a plan for it.
  static Server start(ServerConfig config, DataFolder folder, Optional<DemoPlan.Ready> demo)
      throws StartException {
    var wiring = new Wiring(config, folder, demo);
    try {
      return wiring.start();
    } catch (LogException e) {
      Closing.all(wiring.opened.reversed());
      throw new StartException(String.valueOf(e.getMessage()), e);
    } catch (StartException | RuntimeException | Error e) {
      Closing.all(wiring.opened.reversed());
      throw e;
    }
  }

  private Server start() throws StartException {
    MemoryPlan memory =
        MemoryPlan.of(
            config.memoryBytes(),
            Runtime.getRuntime().maxMemory(),
            config.sinks().size(),
            config.limits().inflatedBytesMax());
    ProcessMetric.register(metrics, folder.path());
    StateStore store = opened(StateStore.open(folder.stateFile()));
    TenantDirectory directory = directory(store);
    store.limitLetters(lane -> letterBytesMax(directory.registry(), lane));
    var retention =
        opened(
            new LetterRetention(
                new Letters(store),
                config.delivery().deadLetterRetention(),
                now -> pruneAudit(store, now),
                clock));
    var watch = opened(new ConfigWatch(config, directory));
    EngineConfig engineConfig = engineConfig(memory, directory.registry());
    Map<String, Sink> sinks = sinks(memory);
    var givenUp = new GivenUp(store);
    var abandoned =
        new Abandoned(directory::hasEnded, config.delivery().orphanGrace(), clock, known(givenUp));
    TenantRules rules = opened(rules(directory.registry(), engineConfig.hashKey(), abandoned));
    directory.tryWith(rules::prepare);
    Engine engine = opened(Engine.start(engineConfig, sinks, rules, store, metrics, clock, ids));
    Replays replays =
        opened(
            new Replays(
                engine,
                sinks,
                rules,
                new TenantDocuments(config.sinks(), config.components()),
                new ReplayRows(store),
                clock));
    String token = adminToken();
    var callers = new Callers(token, directory.registry(), clock);
    Pages pages =
        Admin.pages(
            new Admin.Parts(
                callers,
                new TenantEndpoints(directory, watch::trouble, clock),
                new ServerEndpoints(
                    engine::sinks,
                    engine::behindOf,
                    directory.registry(),
                    new AuditLog(store),
                    config.components()),
                letterEndpoints(engine, directory.registry(), store),
                new ReplayEndpoints(replays),
                new WhereEndpoints(whereabouts(engine, directory.registry(), store, rules)),
                new LaneEndpoints(
                    engine, directory, abandoned, givenUp, new AuditLog(store), clock),
                new SqlEndpoints(queryables(sinks))));
    HttpPages admin = opened(admin(pages, callers));
    Clerk clerk = opened(new Clerk(store, folder.hashKey(secrets), metrics, clock));
    var lines = new CollectionLog();
    AuditTrail audit = opened(new AuditTrail(new AuditLog(store), clock));
    Optional<Domains> domains = domains(directory, audit, lines);
    var doorkeeper =
        new Bindings(
            engine.intake(),
            config.dialects(),
            directory.registry(),
            domains,
            new Bindings.Treatment(
                clerk,
                new PrivacyRules(folder.hashKey(secrets)),
                new MemoryBuffer(
                    engine.intake(), config.dialects().memory().bufferEventsMax(), metrics),
                new SinkPartitions(sinks, directory.registry())));
    HttpIngress ingress =
        opened(
            ingress(
                engine,
                store,
                directory.registry(),
                doorkeeper,
                domains,
                lines,
                pagesBefore(sinks, engine, directory.registry())));
    List<AutoCloseable> door = new ArrayList<>(List.of(clerk, audit));
    domains.ifPresent(door::add);
    retention.start();
    replays.start();
    besides.addAll(List.of(retention, replays));
    mirrors(sinks, new Letters(store)).forEach(door::add);
    sources(engine, doorkeeper).forEach(door::add);
    limitBacklog(engine);
    return new Server(engine, ingress, admin, door, rules, store, watch, besides, memory, token);
  }

  private Whereabouts whereabouts(
      Engine engine, TenantRegistry tenants, StateStore store, TenantRules rules) {
    var filters =
        opened(new IdFilters(engine.log(), RealDisk.buffered(folder.path().resolve("log.ids"))));
    filters.start();
    besides.add(filters);
    var whereabouts =
        opened(
            new Whereabouts(
                engine.log(),
                new EventFinder(engine.log(), filters),
                engine::sinks,
                new Letters(store),
                tenants,
                rules.separate()));
    besides.add(whereabouts);
    return whereabouts;
  }

  private void pruneAudit(StateStore store, Instant now) {
    Duration kept = config.admin().auditTime();
    int _ =
        new AuditLog(store)
            .prune(
                kept.isPositive() ? now.minus(kept) : Instant.MIN,
                config.admin().auditBytesMax(),
                now);
  }

  /// Where the state store cannot be read, nothing is given up.
  private static List<LaneKey> known(GivenUp givenUp) {
    try {
      return givenUp.all();
    } catch (StateException alreadyTold) {
      return List.of();
    }
  }

  private List<LetterMirroring> mirrors(Map<String, Sink> sinks, Letters letters) {
    List<LetterMirroring> mirrors = new ArrayList<>();
    sinks.forEach((name, sink) -> {
      if (sink instanceof LetterMirror mirror && mirror.takesLetters()) {
        var mark = LetterMarkFile.of(folder.path(), name);
        var mirroring = opened(new LetterMirroring(name, mirror, letters, mark));
        mirroring.start();
        mirrors.add(mirroring);
      }
    });
    return mirrors;
  }

  private List<KafkaSource> sources(Engine engine, Bindings doorkeeper) {
    var limits = new DialectLimits(config.limits().eventsMax(), config.limits().depthMax());
    List<KafkaSource> sources = new ArrayList<>();
    for (ServerConfig.SourceEntry entry : config.sources()) {
      Dialect dialect =
          ServiceLoader.load(DialectFactory.class).stream()
              .map(ServiceLoader.Provider::get)
              .filter(factory -> factory.name().equals(entry.config().dialect()))
              .findFirst()
              .orElseThrow()
              .create(limits);
      var door = new KafkaSource.Door(entry.name(), dialect, engine.intake(), doorkeeper);
      var source = opened(new KafkaSource(entry.config(), door, doorkeeper::ofSource, metrics));
      source.start();
      sources.add(source);
    }
    return sources;
  }

  private void limitBacklog(Engine engine) {
    long bytesMax = config.log().backlogBytesMax().orElse(Long.MAX_VALUE);
    engine.limitBacklog(bytesMax);
    var sizes =
        new BacklogMetric.Sizes(
            engine::backlogBytes,
            bytesMax,
            () -> folder.path().toFile().getUsableSpace() - config.log().reserveBytes());
    BacklogMetric.register(metrics, sizes);
  }

  private static long letterBytesMax(TenantRegistry tenants, LaneKey lane) {
    return tenants
        .current()
        .byLane(lane)
        .map(tenant -> tenant.quotas().deadLetterBytes())
        .orElse(Long.MAX_VALUE);
  }

  private LetterEndpoints letterEndpoints(Engine engine, TenantRegistry tenants, StateStore store) {
    Set<String> sinks =
        config.sinks().stream().map(ServerConfig.SinkEntry::name).collect(Collectors.toSet());
    var letters = new Letters(store);
    var redriver =
        new Redriver(engine.intake(), engine::acceptAgain, tenants, sinks, letters, clock);
    return new LetterEndpoints(letters, redriver, new AuditLog(store), clock);
  }

  private TenantDirectory directory(StateStore store) {
    var vault = new TenantVault(new TenantRows(store), folder.tenantsCopy());
    var documents = new TenantDocuments(config.sinks(), config.components());
    return TenantDirectory.open(vault, documents, secrets, clock, config.tenants());
  }

  private TenantRules rules(TenantRegistry registry, EventWriter.HashKey key, Abandoned abandoned) {
    var secret = ByteBuffer.allocate(2 * Long.BYTES).putLong(key.low()).putLong(key.high());
    return new TenantRules(
        registry,
        config.components().transforms(),
        Bytes.of(secret.array()),
        Path.of(""),
        folder.path().resolve("transforms.marks"),
        config.sinks().stream()
            .filter(sink -> sink.onPoison() == OnPoison.HALT)
            .map(ServerConfig.SinkEntry::name)
            .collect(Collectors.toSet()),
        abandoned);
  }

  private Map<String, Sink> sinks(MemoryPlan memory) {
    var sinks = new LinkedHashMap<String, Sink>();
    try {
      for (ServerConfig.SinkEntry<?> entry : config.sinks()) {
        var context =
            new SinkContext(
                entry.name(),
                folder.path(),
                memory.sinkBytes(),
                config.log().diskKeepBytes(),
                clock,
                metrics);
        sinks.put(entry.name(), entry.create(context));
      }
    } catch (RuntimeException | Error e) {
      Closing.all(List.copyOf(sinks.values()));
      throw e;
    }
    return sinks;
  }

  private EngineConfig engineConfig(MemoryPlan memory, TenantRegistry tenants)
      throws StartException {
    LogConfig log =
        LogConfig.defaults()
            .withSegmentBytes(segmentBytes())
            .withReserveBytes(config.log().reserveBytes())
            .withRecycle(config.log().recycle())
            .withPendingBytesMax(pendingBytesMax());
    DeliveryPolicy standard = DeliveryPolicy.defaults();
    var delivery =
        new DeliveryPolicy(
            config.delivery().batchEventsMax(),
            config.delivery().batchBytesMax(),
            standard.writeTimeout(),
            standard.backoffMin(),
            standard.backoffMax(),
            config.delivery().poisonAttemptsMax(),
            standard.misconfiguredRetry(),
            config.delivery().transformTimeout(),
            config.delivery().linger(),
            config.delivery().writesMax());
    return new EngineConfig(
        folder.path(),
        log,
        tenants,
        new EventWriter.Limits(
            config.limits().eventBytesMax(), log.maxBodyBytes(), config.limits().depthMax()),
        memory.inFlightBytes(),
        memory.inFlightPerTenantBytes(),
        memory.deduplicationBytes(),
        delivery,
        folder.hashKey(secrets),
        new RetentionPolicy(
            config.log().replayTime(),
            config.log().replayBytesMax(),
            config.delivery().orphanGrace()));
  }

  /// Files that are a small part of the disk, as only a whole one can be let go of.
  private long segmentBytes() throws StartException {
    try {
      long disk = Files.getFileStore(folder.path()).getTotalSpace();
      long part = disk / SEGMENTS_ON_DISK / SEGMENT_BYTES_MIN * SEGMENT_BYTES_MIN;
      return Math.min(config.log().segmentBytes(), Math.max(part, SEGMENT_BYTES_MIN));
    } catch (IOException e) {
      throw new StartException(
          "The size of the disk under %s cannot be found out: %s".formatted(folder.path(), e), e);
    }
  }

  /// A request is taken into the log whole or not at all, so the largest within the limits must fit
  /// there: its body, which the payloads and texts come from, and what is added per event and
  /// block.
  private long pendingBytesMax() {
    long largest =
        config.limits().inflatedBytesMax()
            + config.limits().inflatedBytesMax() / 64
            + (long) config.limits().eventsMax() * ADDED_BYTES_PER_EVENT
            + LogConfig.defaults().maxBodyBytes();
    return Math.max(LogConfig.defaults().pendingBytesMax(), largest);
  }

  private String adminToken() throws StartException {
    return config.admin().token().isPresent()
        ? config.admin().token().get().value()
        : folder.adminToken(secrets);
  }

  private static Map<String, Queryable> queryables(Map<String, Sink> sinks) {
    var queryables = new LinkedHashMap<String, Queryable>();
    sinks.forEach((name, sink) -> {
      if (sink instanceof Queryable queryable) {
        queryables.put(name, queryable);
      }
    });
    return queryables;
  }

  private HttpPages admin(Pages pages, Callers callers) throws StartException {
    HttpConfig standard = HttpConfig.of(Ports.LOOPBACK, config.admin().port());
    var listener =
        new HttpConfig(
            Ports.LOOPBACK,
            config.admin().port(),
            standard.limits(),
            standard.timeouts(),
            ADMIN_THREADS,
            ADMIN_THREADS);
    try {
      return HttpPages.start(listener, "admin", pages, new AdminGuard(callers), metrics, clock);
    } catch (ListenException e) {
      throw Ports.cannotListen(Ports.LOOPBACK, config.admin().port(), "--admin-port", e);
    }
  }

  private Optional<Domains> domains(
      TenantDirectory directory, AuditTrail audit, CollectionLog lines) throws StartException {
    if (!config.dialects().attribution().isOn()) {
      return Optional.empty();
    }
    var parts = new Domains.Parts(directory, folder.hashKey(secrets), audit, lines, metrics, clock);
    return Optional.of(opened(new Domains(config.dialects().attribution(), parts)));
  }

  private UnaryOperator<Pages> pagesBefore(
      Map<String, Sink> sinks, Engine engine, TenantRegistry tenants) {
    var queryables = queryables(sinks);
    var exports =
        new Exports(sinks, engine::sinks, tenants, config.dialects().open(), metrics, clock);
    return others -> {
      Pages pages = exports.before(others);
      return demo.<Pages>map(plan ->
              new DemoPages(pages, Objects.requireNonNull(queryables.get(plan.sink())), plan))
          .orElse(pages);
    };
  }

  private HttpIngress ingress(
      Engine engine,
      StateStore store,
      TenantRegistry registry,
      Bindings doorkeeper,
      Optional<Domains> domains,
      CollectionLog lines,
      UnaryOperator<Pages> pagesBefore)
      throws StartException {
    var systems =
        new Systems(
            new DialectLimits(config.limits().eventsMax(), config.limits().depthMax()),
            config.dialects(),
            engine.intake(),
            engine.log(),
            doorkeeper,
            registry,
            systemParts(engine),
            lines);
    var pages =
        new PublicPages(
            engine.intake()::readiness,
            engine::sinks,
            store::trouble,
            metrics,
            clock,
            config.listener().readyStrict(),
            systems,
            new PublicPages.Attribution(
                domains.map(Domains::mode).orElse("off"), () -> domains.flatMap(Domains::trouble)),
            config.dialects().metricsAsJson());
    HttpConfig standard = HttpConfig.of(config.listener().bind(), config.listener().port());
    HttpConfig listener =
        standard.with(
            standard
                .limits()
                .withBodies(config.limits().bodyBytesMax(), config.limits().inflatedBytesMax()));
    try {
      return HttpIngress.start(
          listener,
          engine.intake(),
          doorkeeper,
          systems.dialects(),
          pagesBefore.apply(pages),
          metrics,
          clock);
    } catch (ListenException e) {
      throw Ports.cannotListen(config.listener().bind(), config.listener().port(), "--port", e);
    }
  }

  private SystemState.Parts systemParts(Engine engine) {
    return new SystemState.Parts(
        engine::sinks,
        () -> engine.intake().readiness().accepting(),
        () -> engine.log().totals(0).entries(),
        () -> {
          PrometheusMetrics.Sum events = metrics.sum(CoreMetric.BATCH_EVENTS);
          return new SystemState.Writes(
              events.count(),
              events.average(),
              metrics.sum(CoreMetric.WORKER_PROCESSING_TIME).average());
        },
        config.delivery().batchEventsMax(),
        clock);
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.add(part);
    return part;
  }
}
