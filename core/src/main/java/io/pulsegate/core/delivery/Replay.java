package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Sink;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.ReplaySpec;
import io.pulsegate.core.ReplayStatus;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.core.TenantLabels;
import io.pulsegate.log.CursorFile;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/// A stretch of the log on its way into one sink once more: **a head of its own, with a cursor of
/// its own, over a view of the log that begins and ends**. So it has all that live delivery has:
/// exactly once where the sink keeps the cursor, dead letters, stragglers, back-off.
///
/// It goes on from its cursor however often it is begun. Any thread.
public final class Replay implements AutoCloseable {
  private static final Duration STOP_GRACE = Duration.ofSeconds(2);
  private static final Duration TRANSFORM_LIMIT = Duration.ofMillis(100);
  private static final int BATCH_EVENTS_MIN = 50;

  /// A write is at most this part of what may be written in a second.
  private static final int WRITES_PER_SECOND = 4;

  private final ReplaySpec spec;
  private final Sink sink;
  private final Place place;
  private final ReplayPace pace;
  private final Head head;
  private final Thread thread;
  private final Runnable ended;

  /// @param sink of its own
  /// @param liveWaiting entries that the live head of the sink has not read
  /// @param ended called at the end of [#close]
  Replay(
      ReplaySpec spec,
      Delivery.Parts parts,
      Sink sink,
      Retention retention,
      Signal signal,
      WriteGate gate,
      LongSupplier liveWaiting,
      long seed,
      Runnable ended) {
    this.spec = spec;
    this.sink = sink;
    this.ended = ended;
    var view = new ReplayView(parts.log(), Delivery.PARTITION, spec);
    String name = spec.cursorName();
    var local = new LocalCursor(new CursorFile(parts.cursors(), name), parts.log().id());
    this.place = Place.open(view, name, Delivery.PARTITION, sink, local);
    DeliveryPolicy policy = parts.policy();
    this.pace =
        new ReplayPace(
            spec.eventsPerSecond(),
            liveWaiting,
            policy.batchEventsMax(),
            System::nanoTime,
            parts.metrics());
    var rules =
        new ReplayRules(
            parts.rules().separate(),
            spec,
            lane -> parts.tenants().current().byLane(lane).isPresent());
    this.head =
        new Head(
            name,
            sink,
            view,
            place,
            slowed(policy, spec.eventsPerSecond()),
            rules,
            new Preparer(
                name, rules, parts.limits(), TRANSFORM_LIMIT, parts.policy().transformTimeout()),
            new LetterBox(
                parts.log().id(),
                Delivery.PARTITION,
                spec.sink(),
                spec.run(),
                parts.deadLetters(),
                parts.clock()),
            retention,
            new HeadMeters(name, pace, new TenantLabels()),
            signal,
            gate,
            pace::nanosLeft,
            Optional.empty(),
            parts.clock(),
            new SplittableRandom(seed),
            STOP_GRACE);
    this.thread = Thread.ofVirtual().name("pulsegate-" + name).unstarted(head);
  }

  private static DeliveryPolicy slowed(DeliveryPolicy policy, int eventsPerSecond) {
    int batch = Math.max(BATCH_EVENTS_MIN, eventsPerSecond / WRITES_PER_SECOND);
    return new DeliveryPolicy(
        Math.min(policy.batchEventsMax(), batch),
        policy.batchBytesMax(),
        policy.writeTimeout(),
        policy.backoffMin(),
        policy.backoffMax(),
        policy.poisonAttempts(),
        policy.misconfiguredRetry(),
        policy.transformTimeout(),
        Duration.ZERO,
        policy.writesMax());
  }

  void start() {
    thread.start();
  }

  /// How far it has come.
  public ReplayStatus status() {
    CursorRecord at = head.cursor();
    SinkStatus live = head.status();
    boolean known = live.head() >= 0;
    boolean isDone = known && at.head() >= spec.until() && at.stragglers().isEmpty();
    return new ReplayStatus(
        spec.sink(),
        spec.from(),
        spec.until(),
        known ? at.lowestNeeded() : spec.from(),
        at.delivered(),
        at.deadLettered(),
        at.dropped(),
        isDone,
        isDone ? "" : reason(live));
  }

  private String reason(SinkStatus status) {
    if (!status.reason().isEmpty()) {
      return status.reason();
    }
    return status.stragglers().stream()
        .filter(straggler -> !straggler.reason().isEmpty())
        .findFirst()
        .map(straggler -> straggler.lane() + ": " + straggler.reason())
        .orElse(pace.isBehindLive() ? "live events go first" : "");
  }

  /// Whether it stopped for good, by a bug or because another process has its cursor.
  public boolean hasFailed() {
    return head.state() == SinkStatus.State.FAILED || head.state() == SinkStatus.State.FENCED;
  }

  /// Stops after the write under way, and closes the sink. Its cursor is kept.
  @Override
  public void close() {
    head.stop();
    Delivery.join(thread);
    try (place) {
      Delivery.closeSink(spec.cursorName(), sink, head);
    } finally {
      ended.run();
    }
  }
}
