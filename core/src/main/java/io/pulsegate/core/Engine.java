package io.pulsegate.core;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.Intake;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.delivery.Delivery;
import io.pulsegate.core.delivery.Replay;
import io.pulsegate.core.intake.Deduplicator;
import io.pulsegate.core.intake.IntakeService;
import io.pulsegate.core.intake.WindowRebuild;
import io.pulsegate.log.Disk;
import io.pulsegate.log.RealDisk;
import io.pulsegate.log.Totals;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Intake, log and delivery, working together: what a server, or a program that embeds it, starts.
public final class Engine implements AutoCloseable {
  private final IntakeService intake;
  private final IngestionLog log;
  private final Delivery delivery;
  private final TenantRegistry tenants;
  private final SplittableRandom seeds;

  private Engine(
      IntakeService intake,
      IngestionLog log,
      Delivery delivery,
      TenantRegistry tenants,
      SplittableRandom seeds) {
    this.intake = intake;
    this.log = log;
    this.delivery = delivery;
    this.tenants = tenants;
    this.seeds = seeds;
  }

  /// Opens the log, rebuilds what deduplication needs, opens intake and starts every sink's head.
  /// Returns when events can be accepted; sinks may be down.
  ///
  /// @param sinks by name; the engine closes them, after a start that failed too
  /// @param rules what tenants' events go through on their way to the sinks
  /// @param random makes ids: must not repeat itself from one start to the next
  /// @throws io.pulsegate.log.LogException when log or cursors cannot be opened
  public static Engine start(
      EngineConfig config,
      Map<String, Sink> sinks,
      LaneRules rules,
      DeadLetterQueue deadLetters,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    return start(
        config,
        new Disks(
            RealDisk.at(config.folder().resolve("log")),
            RealDisk.buffered(config.folder().resolve("cursors"))),
        sinks,
        rules,
        deadLetters,
        metrics,
        clock,
        random);
  }

  /// Where log and cursors are.
  record Disks(Disk log, Disk cursors) {}

  static Engine start(
      EngineConfig config,
      Disks disks,
      Map<String, Sink> sinks,
      LaneRules rules,
      DeadLetterQueue deadLetters,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    var opened = new ArrayDeque<AutoCloseable>(sinks.values());
    try {
      EmbeddedLog log = EmbeddedLog.open(disks.log(), config.log(), clock, random, metrics);
      opened.push(log);
      var labels = new TenantLabels();
      var deduplicator = new Deduplicator(config.deduplicationBytes());
      WindowRebuild.run(log, 0, deduplicator);
      var parts =
          new Delivery.Parts(
              log,
              disks.cursors(),
              sinks,
              deadLetters,
              config.delivery(),
              rules,
              config.tenants(),
              config.limits(),
              deduplicator::windowStart,
              config.retention(),
              labels,
              metrics,
              clock);
      var delivery = new Delivery(parts, random);
      // From here on the sinks are delivery's to close.
      opened.clear();
      opened.add(delivery);
      opened.add(log);
      var intake =
          new IntakeService(
              config,
              log,
              delivery::backlogBytesOf,
              deduplicator,
              labels,
              metrics,
              clock,
              new SplittableRandom(random.nextLong()));
      config
          .tenants()
          .onChange(all -> all.all().forEach(tenant -> watch(delivery, labels, metrics, tenant)));
      metrics.counter(CoreMetric.REPLAY_EVENTS).add(0);
      delivery.start();
      return new Engine(
          intake, log, delivery, config.tenants(), new SplittableRandom(random.nextLong()));
    } catch (RuntimeException | Error e) {
      for (AutoCloseable part : opened) {
        closeAfter(e, part);
      }
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private static void watch(
      Delivery delivery, TenantLabels labels, Metrics metrics, TenantConfig tenant) {
    String label = labels.of(tenant.id());
    if (!label.equals(TenantLabels.OTHER)) {
      delivery.watch(tenant.lane(), label, metrics);
    }
  }

  /// The tenants; they may be changed while the engine runs.
  public TenantRegistry tenants() {
    return tenants;
  }

  /// The door for events.
  public Intake intake() {
    return intake;
  }

  /// Hands events of a tenant over that come again on purpose, past its rates.
  ///
  /// @param done as with [Intake#accept]
  public void acceptAgain(Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done) {
    intake.acceptAgain(tenant, blocks, done);
  }

  /// The log.
  public IngestionLog log() {
    return log;
  }

  /// Payload bytes that the slowest sink has not settled yet.
  public long backlogBytes() {
    return delivery.backlogBytes();
  }

  /// Refuses events while more than this waits for the slowest sink, all tenants together.
  public void limitBacklog(long bytesMax) {
    intake.limitBacklog(bytesMax, delivery::backlogBytes);
    delivery.limitBacklog(bytesMax);
  }

  /// How each sink fares, by name.
  public List<SinkStatus> sinks() {
    return delivery.status();
  }

  /// What of a tenant is not settled yet, by sink.
  public Map<String, Totals> behindOf(LaneKey lane) {
    return delivery.behindOf(lane);
  }

  /// As [Delivery#unaccountedOf].
  public long unaccountedOf(LaneKey lane) {
    return delivery.unaccountedOf(lane);
  }

  /// The sinks that are configured no more.
  public List<OrphanStatus> orphans() {
    return delivery.orphans();
  }

  /// Lets go of a sink that is configured no more.
  ///
  /// @return how many events are given up, -1 where that is not known; empty where there is none of
  ///   the name
  public OptionalLong forgetOrphan(String sink) {
    return delivery.forgetOrphan(sink);
  }

  /// As [Delivery#retry].
  public boolean retry(String sink, LaneKey lane) {
    return delivery.retry(sink, lane);
  }

  /// As [Delivery#skip].
  public boolean skip(String sink, LaneKey lane, long offset) {
    return delivery.skip(sink, lane, offset);
  }

  /// As [Delivery#settledTo].
  public OptionalLong settledTo(String sink, Optional<LaneKey> lane) {
    return delivery.settledTo(sink, lane);
  }

  /// Begins a replay, or goes on with it where it was begun before.
  ///
  /// @param sink of its own, which it closes
  public Replay replay(ReplaySpec spec, Sink sink) {
    long seed;
    synchronized (seeds) {
      seed = seeds.nextLong();
    }
    return delivery.replay(spec, sink, seed);
  }

  /// Forgets the places of all replays but these, which are over.
  public void forgetReplays(Predicate<Long> kept) {
    delivery.forgetReplays(kept);
  }

  /// Has the handler called once when the log is finished: the process must end, and the next start
  /// recovers.
  public void onFailure(Consumer<String> handler) {
    log.onFailure(handler);
  }

  /// Refuses every request from now on; what was handed over before is finished.
  public void stopAccepting() {
    intake.stop();
  }

  /// Waits until everything handed over is durable and settled by every running sink. A tenant that
  /// waits because of a failure of its own, and a sink that is down, are not waited for: their
  /// events stay in the log.
  ///
  /// @return false when the limit passed first
  public boolean drain(Duration limit) throws InterruptedException {
    return delivery.drain(intake::isIdle, limit);
  }

  /// Refuses requests, stops the heads after the write under way, then closes sinks and log. What
  /// was not delivered comes after the next start.
  @Override
  public void close() {
    stopAccepting();
    try {
      delivery.close();
    } finally {
      log.close();
    }
  }
}
