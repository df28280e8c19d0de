package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Sink;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.core.DeadLetterQueue;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.OrphanStatus;
import io.pulsegate.core.ReplaySpec;
import io.pulsegate.core.RetentionPolicy;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.core.TenantLabels;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.log.CursorFile;
import io.pulsegate.log.Disk;
import io.pulsegate.log.Totals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// All heads, and the retention behind them.
public final class Delivery implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final Pattern SINK_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);
  private static final Duration HEAD_TRANSFORM_LIMIT = Duration.ofMillis(100);
  static final int PARTITION = 0;
  private static final Pattern REPLAY_NAME = Pattern.compile("replay\\.([0-9]+)\\..+");

  /// One sink with all that belongs to it.
  private record Lane(Sink sink, Place place, Head head, Thread thread) {}

  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private final Set<Replay> replays = ConcurrentHashMap.newKeySet();
  private final Signal signal = new Signal();
  private final WriteGate gate;
  private final Parts parts;
  private final Retention retention;
  private final Orphans orphans;

  /// What delivery is made of.
  ///
  /// @param cursors the folder of the cursors
  /// @param limits of an event and a block that come out of a transform
  /// @param windowStart offset that deduplication must find again after a restart
  /// @param retention what the log keeps though every sink has it
  public record Parts(
      IngestionLog log,
      Disk cursors,
      Map<String, Sink> sinks,
      DeadLetterQueue deadLetters,
      DeliveryPolicy policy,
      LaneRules rules,
      TenantRegistry tenants,
      EventWriter.Limits limits,
      LongSupplier windowStart,
      RetentionPolicy retention,
      TenantLabels labels,
      Metrics metrics,
      InstantSource clock) {
    public Parts {
      sinks = Map.copyOf(sinks);
    }
  }

  /// Reads the cursors that are here, and saves those of new sinks; [#start] sets all going.
  ///
  /// @throws io.pulsegate.log.LogException when a cursor cannot be read or saved
  public Delivery(Parts parts, RandomGenerator random) {
    this.parts = parts;
    Set<String> removed = new TreeSet<>(cursorNames(parts, SINK_NAME));
    removed.removeAll(parts.sinks().keySet());
    Set<String> needing = new TreeSet<>(parts.sinks().keySet());
    needing.addAll(removed);
    needing.addAll(cursorNames(parts, REPLAY_NAME));
    this.retention =
        new Retention(
            parts.log(),
            PARTITION,
            needing,
            parts.windowStart(),
            parts.retention(),
            () -> replayReach(parts),
            parts.clock(),
            parts.metrics());
    this.orphans =
        new Orphans(
            parts.log(),
            parts.cursors(),
            parts.retention().orphanGrace(),
            parts.clock(),
            retention,
            (sink, events) ->
                parts
                    .metrics()
                    .counter(CoreMetric.EVENTS_DROPPED, sink, "sink_removed")
                    .add(events));
    orphans.begin(removed, parts.sinks().keySet());
    parts.metrics().gauge(CoreMetric.ORPHANED_SINKS, orphans::count);
    this.gate = new WriteGate(parts.policy());
    parts.sinks().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> add(parts, entry.getKey(), entry.getValue(), random.nextLong()));
  }

  /// How far back any tenant wants its events replayed.
  private static Duration replayReach(Parts parts) {
    return parts.tenants().current().all().stream()
        .map(tenant -> tenant.terms().replayReach())
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static List<String> cursorNames(Parts parts, Pattern pattern) {
    try {
      return parts.cursors().list().stream()
          .filter(name -> pattern.matcher(name).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of the cursors cannot be read", e);
    }
  }

  private void add(Parts parts, String name, Sink sink, long seed) {
    if (!SINK_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a sink's name is 1 to 64 letters, digits, '_' or '-', beginning with a letter or digit; was \""
              + name
              + "\"");
    }
    IngestionLog log = parts.log();
    var local = new LocalCursor(new CursorFile(parts.cursors(), name), log.id());
    Place place = Place.open(log, name, PARTITION, sink, local);
    var ledger = new Ledger(name, place.base(), place::base);
    var head =
        new Head(
            name,
            sink,
            log,
            place,
            parts.policy(),
            parts.rules(),
            new Preparer(
                name,
                parts.rules(),
                parts.limits(),
                HEAD_TRANSFORM_LIMIT,
                parts.policy().transformTimeout()),
            new LetterBox(log.id(), PARTITION, name, 0, parts.deadLetters(), parts.clock()),
            retention,
            new HeadMeters(name, parts.metrics(), parts.labels()),
            signal,
            gate,
            () -> 0,
            Optional.of(ledger),
            parts.clock(),
            new SplittableRandom(seed),
            STOP_GRACE);
    Thread thread = Thread.ofVirtual().name("pulsegate-head-" + name).unstarted(head);
    lanes.put(name, new Lane(sink, place, head, thread));
    gauges(parts.metrics(), name, head);
  }

  private static void gauges(Metrics metrics, String name, Head head) {
    metrics.gauge(CoreMetric.STREAM_LAG, () -> head.status().lagEvents(), name);
    metrics.gauge(CoreMetric.LAG_BYTES, () -> head.status().lagBytes(), name);
    metrics.gauge(CoreMetric.LAG_SECONDS, () -> head.status().lagSeconds(), name);
    metrics.gauge(CoreMetric.CONSERVATION_ACCEPTED, () -> head.status().accepted(), name);
    metrics.gauge(
        CoreMetric.CONSERVATION_SETTLED, () -> head.status().delivered(), name, "delivered");
    metrics.gauge(
        CoreMetric.CONSERVATION_SETTLED, () -> head.status().deadLettered(), name, "dead_letter");
    metrics.gauge(CoreMetric.CONSERVATION_SETTLED, () -> head.status().dropped(), name, "dropped");
    metrics.gauge(
        CoreMetric.CONSERVATION_SETTLED, () -> head.status().lagEvents(), name, "waiting");
    metrics.gauge(CoreMetric.CONSERVATION_UNACCOUNTED, () -> head.status().unaccounted(), name);
    metrics.gauge(CoreMetric.HALTED, head::halted, name);
    metrics.gauge(CoreMetric.STRAGGLERS, () -> head.status().stragglers().size(), name);
    metrics.gauge(CoreMetric.SINK_UP, () -> head.state() == SinkStatus.State.RUNNING ? 1 : 0, name);
  }

  /// Gives tenants a gauge of their lag in each sink; to be called for those that have a label of
  /// their own.
  public void watch(LaneKey lane, String label, Metrics metrics) {
    metrics.gauge(CoreMetric.CONSERVATION_TENANT, () -> unaccountedOf(lane), label);
    lanes.forEach((name, each) ->
        metrics.gauge(CoreMetric.TENANT_LAG_EVENTS, () -> each.head().lagOf(lane), name, label));
  }

  /// What of the lane has not been accounted for since the start, in all sinks together.
  public long unaccountedOf(LaneKey lane) {
    return lanes.values().stream().mapToLong(each -> each.head().unaccountedOf(lane)).sum();
  }

  /// The sinks that are configured no more.
  public List<OrphanStatus> orphans() {
    return orphans.status();
  }

  /// As [Orphans#forget].
  public OptionalLong forgetOrphan(String sink) {
    return orphans.forget(sink);
  }

  /// Has a tenant tried at once that waits for a failure of its own to pass.
  ///
  /// @return false where there is no such sink, or the tenant is not out of step there
  public boolean retry(String sink, LaneKey lane) {
    Lane each = lanes.get(sink);
    return each != null && each.head().retry(lane);
  }

  /// Has a halted tenant go on: the event that it waits behind becomes a dead letter.
  ///
  /// @param offset of that event
  /// @return false where the tenant is not halted there
  public boolean skip(String sink, LaneKey lane, long offset) {
    Lane each = lanes.get(sink);
    return each != null && each.head().skip(lane, offset);
  }

  /// Starts heads and retention.
  public void start() {
    retention.start(orphans::look);
    lanes.values().forEach(lane -> lane.thread().start());
  }

  /// What of one lane is not settled yet, by sink.
  public Map<String, Totals> behindOf(LaneKey lane) {
    var behind = new LinkedHashMap<String, Totals>();
    lanes.forEach((name, each) -> behind.put(name, each.head().behindOf(lane)));
    return behind;
  }

  /// Payload bytes of one lane that its slowest sink has not settled yet.
  public long backlogBytesOf(LaneKey lane) {
    long most = 0;
    for (Lane each : lanes.values()) {
      most = Math.max(most, each.head().backlogBytesOf(lane));
    }
    return most;
  }

  /// Below which offset everything of a sink is settled, all of it or one lane's; empty where there
  /// is no such sink, or its cursor has not been read yet.
  public OptionalLong settledTo(String sink, Optional<LaneKey> lane) {
    Lane each = lanes.get(sink);
    if (each == null || !each.head().knowsItsPlace()) {
      return OptionalLong.empty();
    }
    CursorRecord cursor = each.head().cursor();
    if (lane.isEmpty()) {
      return OptionalLong.of(cursor.lowestNeeded());
    }
    return OptionalLong.of(
        cursor.stragglers().stream()
            .filter(straggler -> straggler.lane().equals(lane.get()))
            .mapToLong(CursorRecord.Straggler::from)
            .findFirst()
            .orElse(cursor.head()));
  }

  /// Begins a replay, or goes on with it where it was begun before. From then on the log keeps what
  /// it needs.
  ///
  /// @param sink of its own, which it closes
  public Replay replay(ReplaySpec spec, Sink sink, long seed) {
    Lane live = lanes.get(spec.sink());
    if (live == null) {
      throw new IllegalArgumentException("there is no sink " + spec.sink());
    }
    retention.unknown(spec.cursorName());
    var self = new CompletableFuture<Replay>();
    var replay =
        new Replay(
            spec,
            parts,
            sink,
            retention,
            signal,
            gate,
            () -> parts.log().end(PARTITION) - live.head().cursor().head(),
            seed,
            () -> replays.remove(self.join()));
    self.complete(replay);
    replays.add(replay);
    replay.start();
    return replay;
  }

  /// Forgets the places of all replays but these, which are over: the log keeps nothing for them.
  public void forgetReplays(Predicate<Long> kept) {
    for (String name : cursorNames(parts, REPLAY_NAME)) {
      Matcher matcher = REPLAY_NAME.matcher(name);
      if (matcher.matches() && !kept.test(Long.parseLong(matcher.group(1)))) {
        try {
          parts.cursors().delete(name);
          parts.cursors().syncDirectory();
        } catch (IOException e) {
          LOGGER.log(Level.WARNING, "the place of an ended replay stays: " + name, e);
        }
        retention.forget(name);
      }
    }
  }

  /// So much may wait for the slowest sink: the hours that are left end there.
  public void limitBacklog(long bytesMax) {
    retention.limitBacklog(bytesMax, this::backlogBytes);
  }

  /// Payload bytes of all lanes that the slowest sink has not settled yet.
  public long backlogBytes() {
    long most = 0;
    for (Lane each : lanes.values()) {
      most = Math.max(most, each.head().backlogBytes());
    }
    return most;
  }

  /// How each sink fares, by name.
  public List<SinkStatus> status() {
    return lanes.values().stream().map(lane -> lane.head().status()).toList();
  }

  /// Waits until `before` holds and every running head is caught up.
  ///
  /// @return false when the time was over first
  public boolean drain(BooleanSupplier before, Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    lanes.values().forEach(lane -> lane.head().hurry());
    while (true) {
      boolean done =
          before.getAsBoolean()
              && lanes.values().stream()
                  .map(Lane::head)
                  .allMatch(head -> !canGoOn(head.state()) || head.isCaughtUp());
      long left = deadline - System.nanoTime();
      if (done || left <= 0) {
        return done;
      }
      // Not everything that is waited for sends a signal.
      boolean _ = signal.await(() -> false, Math.min(left, 10_000_000));
    }
  }

  /// A head that is still finding its place will go on too, or say that it cannot.
  private static boolean canGoOn(SinkStatus.State state) {
    return state == SinkStatus.State.RUNNING || state == SinkStatus.State.STARTING;
  }

  /// Stops every head after the write under way, which has 10 s left, then closes the sinks. An
  /// interrupt does not shorten it.
  @Override
  public void close() {
    List.copyOf(replays).forEach(Replay::close);
    lanes.values().forEach(lane -> lane.head().stop());
    join(retention.stop());
    lanes.forEach((name, lane) -> {
      join(lane.thread());
      try (Place _ = lane.place()) {
        closeSink(name, lane.sink(), lane.head());
      }
    });
  }

  static void closeSink(String name, Sink sink, Head head) {
    if (head.hasLeftCallBehind()) {
      LOGGER.log(Level.WARNING, "sink {0} is not closed: a call of it does not return", name);
      return;
    }
    try {
      sink.close();
    } catch (RuntimeException e) {
      LOGGER.log(Level.WARNING, "closing sink " + name + " failed", e);
    }
  }

  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.getState() != Thread.State.NEW) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
