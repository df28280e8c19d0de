package io.pulsegate.core.intake;

import io.pulsegate.api.Code;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Intake;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Metrics.Counter;
import io.pulsegate.api.Metrics.Histogram;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.core.EngineConfig;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.Quotas;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantLabels;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.core.Tenants;
import io.pulsegate.core.intake.Deduplicator.Verdict;
import io.pulsegate.core.intake.TenantGate.Over;
import io.pulsegate.log.LogState;
import io.pulsegate.log.Refusal;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/// The door: keys are compared by hash, bytes need a permit, blocks go to the log, and the outcome
/// comes back when they are as safe as the tenant asked for.
public final class IntakeService implements Intake {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final int PARTITION = 0;
  private static final Duration RETRY_STOPPING = Duration.ofSeconds(5);
  private static final Duration RETRY_DISK_FULL = Duration.ofSeconds(30);

  private final IngestionLog log;
  private final EngineConfig config;
  private final TenantRegistry tenants;
  private final Deduplicator deduplicator;
  private final Metrics metrics;
  private final TenantLabels labels;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ToLongFunction<LaneKey> backlogBytes;
  private final Map<LaneKey, TenantMeters> meters = new ConcurrentHashMap<>();
  private final ByteBudget inFlight;

  /// What may wait in the log, taken for a whole request before its first block: the log itself
  /// would refuse in the middle of one.
  private final ByteBudget pending;

  private final DrainRate rate = new DrainRate(System::nanoTime);
  private final AtomicLong openRequests = new AtomicLong();
  private final AtomicLong openEvents = new AtomicLong();
  private final Histogram latency;
  private final Counter droppedAfterReply;
  private volatile BacklogLimit backlogLimit;
  private volatile boolean stopping;

  /// An intake behind which nothing waits for a sink.
  ///
  /// @param random makes ids; used by one thread at a time
  public IntakeService(
      EngineConfig config,
      IngestionLog log,
      Deduplicator deduplicator,
      TenantLabels labels,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    this(config, log, _ -> 0, deduplicator, labels, metrics, clock, random);
  }

  /// @param backlogBytes payload bytes of a lane that its slowest sink has not settled
  /// @param random makes ids; used by one thread at a time
  public IntakeService(
      EngineConfig config,
      IngestionLog log,
      ToLongFunction<LaneKey> backlogBytes,
      Deduplicator deduplicator,
      TenantLabels labels,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    this.backlogBytes = backlogBytes;
    this.config = config;
    this.tenants = config.tenants();
    this.log = log;
    this.deduplicator = deduplicator;
    this.labels = labels;
    this.metrics = metrics;
    this.clock = clock;
    this.random = random;
    this.backlogLimit = backlogLimit(Quotas.UNLIMITED, () -> 0);
    this.inFlight = new ByteBudget(config.inFlightBytesMax());
    this.pending = new ByteBudget(config.log().pendingBytesMax());
    this.latency = metrics.histogram(CoreMetric.INGEST_LATENCY);
    this.droppedAfterReply =
        metrics.counter(CoreMetric.EVENTS_DROPPED, "intake", "refused_after_reply");
    tenants.onChange(now -> meters.keySet().removeIf(lane -> now.byLane(lane).isEmpty()));
    metrics.gauge(CoreMetric.IN_FLIGHT_BYTES, inFlight::taken);
    metrics.gauge(CoreMetric.IN_FLIGHT_EVENTS, openEvents::get);
    metrics.gauge(CoreMetric.DEDUPLICATION_KEYS, deduplicator::keysHeld);
    metrics.gauge(CoreMetric.DEDUPLICATION_BYTES, deduplicator::bytesHeld);
    metrics.gauge(
        CoreMetric.DEDUPLICATION_WINDOW_OFFSETS,
        () -> Math.max(0, log.end(0) - Math.min(log.end(0), deduplicator.windowStart())));
  }

  @Override
  public Optional<Tenant> authenticate(String key) {
    Instant now = clock.instant();
    return tenants
        .current()
        .byKey(KeyHash.of(key))
        .filter(bearer -> bearer.key().allows(KeyScope.INGEST, now))
        .map(Tenants.Bearer::tenant);
  }

  @Override
  public Admission admit(Tenant tenant, long bytes) {
    TenantMeters meter = meters(tenant.lane());
    Readiness readiness = readiness();
    if (!readiness.accepting()) {
      return refused(
          meter,
          new Outcome.Unavailable(
              stopping ? Code.STOPPING : Code.UNAVAILABLE,
              readiness.retryAfter(),
              readiness.reason()));
    }
    Quotas quotas = quotas(tenant.lane());
    Optional<Over> over = meter.gate.look(quotas);
    if (over.isPresent()) {
      return refused(meter, throttled(meter, over.get()));
    }
    var permit = new BytePermit(meter, quotas.inFlightBytes());
    return switch (permit.take(bytes)) {
      case TAKEN -> new Admission.Granted(permit);
      case TENANT_FULL -> {
        meter.turnedAway("in_flight_bytes");
        yield refused(
            meter,
            new Outcome.Throttled(
                rate.timeFor(meter.inFlight.taken()),
                "at most %d bytes of this tenant's requests are held at once"
                    .formatted(Math.min(quotas.inFlightBytes(), meter.inFlight.max()))));
      }
      case ALL_FULL -> {
        meter.turnedAway("in_flight_bytes_all");
        yield refused(
            meter,
            new Outcome.Unavailable(
                Code.UNAVAILABLE,
                rate.timeFor(inFlight.taken()),
                "the server holds as many bytes of requests as it may (%d)"
                    .formatted(inFlight.max())));
      }
    };
  }

  private static Outcome.Throttled throttled(TenantMeters meter, Over over) {
    meter.turnedAway(over.limit());
    return over.outcome();
  }

  /// Those in force now.
  private Quotas quotas(LaneKey lane) {
    return tenants.current().byLane(lane).map(TenantConfig::quotas).orElse(Quotas.NONE);
  }

  private static Admission refused(TenantMeters meter, Outcome.Denied outcome) {
    meter.count(outcome);
    return new Admission.Refused(outcome);
  }

  private enum Taking {
    TAKEN,
    TENANT_FULL,
    ALL_FULL
  }

  /// Room taken from the tenant's budget and from everybody's.
  private final class BytePermit implements Permit {
    private final TenantMeters meter;
    private final long quota;
    private final AtomicLong held = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    BytePermit(TenantMeters meter, long quota) {
      this.meter = meter;
      this.quota = quota;
    }

    Taking take(long bytes) {
      if (!meter.inFlight.takeBeside(bytes, held.get(), quota)) {
        return Taking.TENANT_FULL;
      }
      if (!inFlight.take(bytes)) {
        meter.inFlight.give(bytes);
        return Taking.ALL_FULL;
      }
      held.addAndGet(bytes);
      return Taking.TAKEN;
    }

    @Override
    public boolean extend(long bytes) {
      return take(bytes) == Taking.TAKEN;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        meter.inFlight.give(held.get());
        inFlight.give(held.get());
      }
    }
  }

  @Override
  public EventWriter writer(Tenant tenant, Source source, String dialect, int expectedBytes) {
    return new EventWriter(
        tenant.lane(),
        source,
        dialect,
        config.hashKey(),
        config.limits(),
        clock.instant(),
        new SplittableRandom(nextSeed()),
        expectedBytes);
  }

  private long nextSeed() {
    synchronized (random) {
      return random.nextLong();
    }
  }

  @Override
  public void accept(Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done) {
    accept(tenant, blocks, done, quotas(tenant.lane()));
  }

  /// Hands events over that come again on purpose: they were charged when they came first.
  public void acceptAgain(Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done) {
    accept(tenant, blocks, done, Quotas.NONE);
  }

  private void accept(
      Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done, Quotas quotas) {
    TenantMeters meter = meters(tenant.lane());
    checkSizes(blocks);
    var desk = new Desk(meter, done, System.nanoTime());
    var request = new PendingRequest(tenant, blocks, desk);
    meter.received.add(request.events);
    // Counted before the flag is read, so that nothing slips past one who waits for the end.
    openRequests.incrementAndGet();
    openEvents.addAndGet(request.events);
    Optional<Over> over = meter.gate.charge(quotas, request.events, request.bytes);
    if (stopping) {
      request.turnAway(Refusal.CLOSED);
    } else if (over.isPresent()) {
      request.turnAway(throttled(meter, over.get()));
    } else if (!pending.take(request.pendingBytes)) {
      meter.gate.refund(quotas, request.events, request.bytes);
      request.turnAway(Refusal.BUSY);
    } else {
      desk.holds = request.pendingBytes;
      request.handOver(log);
    }
  }

  /// A block that the log can never take would leave its request half appended.
  private void checkSizes(List<EventBlock> blocks) {
    for (EventBlock block : blocks) {
      if (block.sizeBytes() > log.maxBlockBytes()) {
        throw new IllegalArgumentException(
            "a block of %d bytes, the log takes %d"
                .formatted(block.sizeBytes(), log.maxBlockBytes()));
      }
    }
  }

  /// Counts and answers for one request.
  private final class Desk implements PendingRequest.Desk {
    private final TenantMeters meter;
    private final Consumer<Outcome> done;
    private final long begunNanos;

    /// Room in [#pending]; written before the hand-over.
    private long holds;

    Desk(TenantMeters meter, Consumer<Outcome> done, long begunNanos) {
      this.meter = meter;
      this.done = done;
      this.begunNanos = begunNanos;
    }

    @Override
    public Verdict decide(LaneKey lane, EventBlock block, long firstOffset) {
      return deduplicator.decide(lane, block, firstOffset);
    }

    @Override
    public void durable(PendingRequest request, EventBlock block, Verdict verdict) {
      rate.drained(block.sizeBytes());
      meter.accepted.add(verdict.live());
      meter.duplicates.add(verdict.duplicates().size());
      meter.conflicts.add(verdict.conflicts().size());
    }

    @Override
    public void undecide(LaneKey lane) {
      deduplicator.forget(lane);
    }

    @Override
    public void lost(EventBlock block) {
      droppedAfterReply.add(block.count());
    }

    @Override
    public Outcome.Unavailable unavailable(Refusal reason) {
      return IntakeService.this.unavailable(reason);
    }

    /// What the caller's code throws is its own affair: neither this request's counts nor the log
    /// and the requests behind this one may suffer from it.
    @Override
    public void reply(Outcome outcome) {
      try {
        meter.count(outcome);
        latency.observe((System.nanoTime() - begunNanos) / 1e6);
        done.accept(outcome);
      } catch (RuntimeException | Error e) {
        LOGGER.log(Level.ERROR, "an outcome could not be handed on; its client gets no reply", e);
      }
    }

    @Override
    public void finished(PendingRequest request) {
      pending.give(holds);
      openEvents.addAndGet(-request.events);
      openRequests.decrementAndGet();
    }
  }

  private Outcome.Unavailable unavailable(Refusal reason) {
    return switch (reason) {
      case BUSY ->
          new Outcome.Unavailable(
              Code.UNAVAILABLE,
              rate.timeFor(pending.taken()),
              "the request would make more wait for the disk than may: %d of %d bytes do"
                  .formatted(pending.taken(), pending.max()));
      case DISK_FULL ->
          new Outcome.Unavailable(Code.UNAVAILABLE, RETRY_DISK_FULL, log.state().reason());
      case FAILED ->
          new Outcome.Unavailable(
              Code.UNAVAILABLE,
              RETRY_STOPPING,
              "the log could not write or sync; the server ends, and its next start recovers");
      case CLOSED ->
          new Outcome.Unavailable(Code.STOPPING, RETRY_STOPPING, "the server is shutting down");
    };
  }

  @Override
  public Readiness readiness() {
    if (stopping) {
      return new Readiness(false, "the server is shutting down", RETRY_STOPPING);
    }
    LogState state = log.state();
    return switch (state.status()) {
      case ACCEPTING -> backlogLimit.look().orElseGet(() -> new Readiness(true, "", Duration.ZERO));
      case DISK_FULL -> new Readiness(false, state.reason(), RETRY_DISK_FULL);
      case FAILED, CLOSED -> new Readiness(false, state.reason(), RETRY_STOPPING);
    };
  }

  /// Takes nothing any more while more waits for the slowest sink, all tenants together.
  ///
  /// @param bytesMax payload bytes
  /// @param backlogBytes how many wait
  public void limitBacklog(long bytesMax, LongSupplier backlogBytes) {
    backlogLimit = backlogLimit(bytesMax, backlogBytes);
  }

  private BacklogLimit backlogLimit(long bytesMax, LongSupplier backlogBytes) {
    return new BacklogLimit(
        bytesMax, backlogBytes, () -> log.totals(PARTITION).bytes(), System::nanoTime);
  }

  /// Turns everybody away from now on.
  public void stop() {
    stopping = true;
  }

  /// Whether nothing is on its way into the log any more; final once [#stop] was called.
  public boolean isIdle() {
    return openRequests.get() == 0;
  }

  private TenantMeters meters(LaneKey lane) {
    TenantMeters known = meters.get(lane);
    return known != null ? known : meters.computeIfAbsent(lane, this::newMeters);
  }

  private TenantMeters newMeters(LaneKey lane) {
    var backlog =
        new TenantGate.Backlog() {
          @Override
          public long bytes() {
            return backlogBytes.applyAsLong(lane);
          }

          @Override
          public long acceptedBytes() {
            return log.totals(PARTITION, lane).bytes();
          }
        };
    return new TenantMeters(
        metrics,
        labels.of(lane.tenant()),
        new ByteBudget(config.inFlightBytesPerTenantMax()),
        new TenantGate(System::nanoTime, backlog));
  }
}
