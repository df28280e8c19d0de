package io.pulsegate.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.Writers;
import io.pulsegate.client.PulseEvent;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.Engine;
import io.pulsegate.core.EngineConfig;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.LogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// PulseGate inside a Java program: what is pushed is in the log, synced, before the receipt, and
/// goes from there to the sinks, also after a restart.
///
/// ```java
/// try (var gate = PulseGate.embedded(EmbeddedConfig.in(Path.of("data")).sink("out", event -> …))) {
///   gate.push(PulseEvent.of("page_view").with("path", "/home")).join();
/// }
/// ```
///
/// Every method may be called by any thread; none but [#close] waits for a disk.
public final class PulseGate implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PulseGate.class.getName());
  private static final String NATIVE = "native";
  private static final int EVENT_BYTES_MAX = 1 << 20;
  private static final int JSON_BYTES_MAX = 2 * EVENT_BYTES_MAX; // with white space and envelope
  private static final int DEPTH_MAX = 64;
  private static final Duration LIMIT_MAX = Duration.ofDays(36_500); // nanoseconds are a long
  private static final long STRAGGLER_LOOK_NANOS = 10_000_000;
  private static final OneEvent HEAD = new OneEvent();

  private final EmbeddedConfig config;
  private final EmbeddedFolder folder;
  private final Engine engine;
  private final List<HandlerSink> handlers;
  private final Dialect dialect;
  private final Tenant tenant;
  private final InstantSource clock = InstantSource.system();

  /// Completes receipts: what a program hangs on them must not run on the log's thread.
  private final ExecutorService receipts = receiptThread();

  private final Object closing = new Object();
  private boolean closed; // guarded by closing
  private boolean drained; // guarded by closing

  private PulseGate(EmbeddedConfig config, EmbeddedFolder folder) throws IOException {
    Map<String, Sink> sinks = sinks(config, folder);
    this.config = config;
    this.folder = folder;
    this.handlers =
        sinks.values().stream()
            .filter(HandlerSink.class::isInstance)
            .map(HandlerSink.class::cast)
            .toList();
    this.engine = engine(config, folder, sinks);
    this.dialect = nativeDialect();
    this.tenant = new Tenant(tenantConfig(config).lane(), config.durability);
    engine.onFailure(why ->
        LOG.log(
            System.Logger.Level.ERROR,
            "the log failed; nothing is accepted until the next start reason={0}",
            why));
  }

  /// Starts; when this returns, events can be pushed. Sinks may be down.
  ///
  /// @throws UncheckedIOException where the folder cannot be used, or another PulseGate uses it
  public static PulseGate embedded(EmbeddedConfig config) {
    try {
      EmbeddedFolder folder = EmbeddedFolder.open(config.folder);
      try {
        return new PulseGate(config, folder);
      } catch (IOException | RuntimeException | Error e) {
        folder.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (LogException e) {
      throw new UncheckedIOException(
          new IOException("the log in %s cannot be opened".formatted(config.folder), e));
    }
  }

  private static Map<String, Sink> sinks(EmbeddedConfig config, EmbeddedFolder folder) {
    Map<String, Sink> sinks = new LinkedHashMap<>();
    long share = config.memoryBytes / 2 / Math.max(1, config.sinks.size());
    long diskKeepBytes = log(config).reserveBytes() + config.segmentBytes;
    var clock = InstantSource.system();
    config.sinks.forEach((name, maker) -> {
      var context =
          new SinkContext(name, folder.path(), share, diskKeepBytes, clock, config.metrics);
      sinks.put(name, maker.apply(context));
    });
    return sinks;
  }

  private static Engine engine(
      EmbeddedConfig config, EmbeddedFolder folder, Map<String, Sink> sinks) throws IOException {
    long quarter = config.memoryBytes / 4;
    LogConfig log = log(config);
    var engineConfig =
        new EngineConfig(
            folder.path(),
            log,
            List.of(tenantConfig(config)),
            new EventWriter.Limits(EVENT_BYTES_MAX, log.maxBodyBytes()),
            quarter,
            quarter,
            quarter,
            DeliveryPolicy.defaults(),
            folder.hashKey());
    var letters = new DeadLetterFile(folder.path().resolve("dead-letters.jsonl"));
    RandomGenerator ids = new SplittableRandom(new SecureRandom().nextLong());
    return Engine.start(
        engineConfig, sinks, LaneRules.NONE, letters, config.metrics, InstantSource.system(), ids);
  }

  private static LogConfig log(EmbeddedConfig config) {
    return LogConfig.defaults().withSegmentBytes(config.segmentBytes);
  }

  private static TenantConfig tenantConfig(EmbeddedConfig config) {
    return new TenantConfig(config.tenant, 1, List.of(), config.durability);
  }

  private static Dialect nativeDialect() {
    for (DialectFactory factory : ServiceLoader.load(DialectFactory.class)) {
      if (factory.name().equals(NATIVE)) {
        return factory.create(new DialectLimits(1, DEPTH_MAX));
      }
    }
    throw new IllegalStateException("the native dialect is not on the class path");
  }

  private static ExecutorService receiptThread() {
    var pool =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by the bytes that may be in flight
            Thread.ofPlatform().daemon().name("pulsegate-receipts").factory(),
            (task, closed) -> task.run()); // of a push that met the close: nobody waits in vain
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /// Takes an event.
  ///
  /// @return completed when the event is as safe as asked for, or is known not to be taken; never
  ///   exceptionally, except where the event cannot be written as JSON. What hangs on it runs on a
  ///   thread of the gate: be quick there, or hand on
  public CompletableFuture<Receipt> push(PulseEvent event) {
    try {
      return push(event.toJson(clock.instant()));
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /// Takes an event of the native API: a JSON object with `event_type`.
  public CompletableFuture<Receipt> push(String json) {
    return push(json.getBytes(UTF_8));
  }

  private CompletableFuture<Receipt> push(byte[] json) {
    if (json.length > JSON_BYTES_MAX) { // no room ever comes for it
      return CompletableFuture.completedFuture(
          new Receipt.Refused(
              Code.EVENT_TOO_LARGE.text(),
              "the event has %d bytes as JSON, more than %d"
                  .formatted(json.length, JSON_BYTES_MAX)));
    }
    return switch (engine.intake().admit(tenant, 2L * json.length)) {
      case Intake.Admission.Refused(Outcome outcome) ->
          CompletableFuture.completedFuture(notNow(outcome));
      case Intake.Admission.Granted(Intake.Permit permit) -> push(json, permit);
    };
  }

  private CompletableFuture<Receipt> push(byte[] json, Intake.Permit permit) {
    EventWriter writer = engine.intake().writer(tenant, Source.HTTP, NATIVE, json.length);
    Refusal refusal =
        switch (dialect.parse(HEAD, Bytes.of(json), Writers.of(writer))) {
          case Dialect.Parsed.Malformed(var code, var reason) -> new Refusal(0, code, reason);
          case Dialect.Parsed.Events events ->
              events.refusals().isEmpty() ? null : events.refusals().getFirst();
        };
    if (refusal != null) {
      permit.close();
      return CompletableFuture.completedFuture(
          new Receipt.Refused(refusal.code().text(), refusal.reason()));
    }
    List<EventBlock> blocks = writer.finish();
    var receipt = new CompletableFuture<Receipt>();
    engine
        .intake()
        .accept(
            tenant,
            blocks,
            outcome -> {
              permit.close();
              receipts.execute(() -> receipt.complete(receipt(outcome)));
            });
    return receipt;
  }

  private static Receipt receipt(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted accepted ->
          new Receipt.Stored(
              accepted.level(),
              !accepted.duplicates().isEmpty(),
              accepted.partition(),
              accepted.firstOffset());
      case Outcome.Throttled _, Outcome.Unavailable _ -> notNow(outcome);
    };
  }

  private static Receipt notNow(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Throttled(Duration retryAfter, String limit) ->
          new Receipt.NotNow(retryAfter, limit);
      case Outcome.Unavailable(var _, Duration retryAfter, String reason) ->
          new Receipt.NotNow(retryAfter, reason);
      case Outcome.Accepted _ -> throw new IllegalArgumentException("an accepted event is stored");
    };
  }

  /// How each sink fares.
  public List<SinkStatus> sinks() {
    return engine.sinks();
  }

  /// Has the handler called once should the log fail: nothing is accepted then until the next
  /// start.
  public void onFailure(Consumer<String> handler) {
    engine.onFailure(handler);
  }

  /// Where events are that a sink rejected, as lines of JSON; there is no file while there are
  /// none.
  public Path deadLetters() {
    return folder.path().resolve("dead-letters.jsonl");
  }

  /// Waits until every sink has taken what was pushed. A handler that fails is waited for, a sink
  /// that is down is not.
  ///
  /// @return whether that came about within the limit: false while events wait for any sink
  public boolean drain(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + atMost(limit).toNanos();
    while (engine.drain(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())))) {
      List<SinkStatus> behind = engine.sinks().stream().filter(PulseGate::isBehind).toList();
      if (behind.stream().noneMatch(PulseGate::isUp) || System.nanoTime() - deadline >= 0) {
        return behind.isEmpty();
      }
      LockSupport.parkNanos(STRAGGLER_LOOK_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException("while events waited behind a handler that fails");
      }
    }
    return false;
  }

  private static boolean isBehind(SinkStatus sink) {
    return isUp(sink) ? !sink.stragglers().isEmpty() : sink.lagEvents() > 0;
  }

  private static boolean isUp(SinkStatus sink) {
    return sink.state() == SinkStatus.State.RUNNING || sink.state() == SinkStatus.State.STARTING;
  }

  private static Duration atMost(Duration limit) {
    return limit.compareTo(LIMIT_MAX) > 0 ? LIMIT_MAX : limit;
  }

  /// Closes with the limit of the configuration.
  @Override
  public void close() {
    boolean _ = close(config.closeLimit);
  }

  /// Takes no more events, waits for the sinks, and ends every thread. What the sinks have not
  /// taken within the limit is in the log and comes after the next start. A second call does
  /// nothing.
  ///
  /// @return whether all that was pushed has been taken by every sink
  public boolean close(Duration limit) {
    synchronized (closing) {
      if (closed) {
        return drained;
      }
      closed = true;
      engine.stopAccepting();
      try {
        drained = drain(limit);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      handlers.forEach(HandlerSink::stop);
      engine.close();
      receipts.shutdown();
      folder.close();
      return drained;
    }
  }
}
