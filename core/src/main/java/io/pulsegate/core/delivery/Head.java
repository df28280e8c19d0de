package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Sink;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.SinkStatus;
import io.pulsegate.core.SinkStatus.State;
import io.pulsegate.log.LogState;
import io.pulsegate.log.Totals;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Delivers the log to one sink: reads it once for all tenants, in order, and steps aside for the
/// stragglers in turns. One virtual thread runs it; it alone touches sources and cursor.
///
/// Every turn ends in one committed move of the cursor, or in none, and then the same comes again.
/// The order of safety: dead letters durable, sink commit, cursor durable, release of the log.
final class Head implements Runnable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final long IDLE_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long WAITING_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long TRANSFORM_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long HOPELESS_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int PARTITION = 0;

  private final String name;
  private final IngestionLog log;
  private final Signal signal;
  private final InstantSource clock;
  private final SinkCaller caller;
  private final Health health;
  private final Availability availability;
  private final Readers readers;
  private final Ownership ownership;
  private final TurnDelivery delivery;
  private final Preparer preparer;
  private final Map<LaneKey, Totals> totalsAtStart;
  private final LongSupplier heldNanos;
  private final Linger linger;
  private final Optional<Ledger> ledger;
  private volatile boolean stopping;

  /// @param heldNanos how long the next turn has to wait for reasons that are not the sink's
  /// @param ledger checks that what is passed adds up; empty where that is not everything
  Head(
      String name,
      Sink sink,
      IngestionLog log,
      Place place,
      DeliveryPolicy policy,
      LaneRules rules,
      Preparer preparer,
      LetterBox letters,
      Retention retention,
      HeadMeters meters,
      Signal signal,
      WriteGate gate,
      LongSupplier heldNanos,
      Optional<Ledger> ledger,
      InstantSource clock,
      RandomGenerator random,
      Duration stopGrace) {
    this.name = name;
    this.heldNanos = heldNanos;
    this.log = log;
    this.totalsAtStart = Map.copyOf(log.totalsAt(PARTITION, log.endAtOpen(PARTITION)));
    this.preparer = preparer;
    this.signal = signal;
    this.clock = clock;
    this.linger = new Linger(policy, System::nanoTime);
    this.caller = new SinkCaller(name, policy.writeTimeout(), stopGrace);
    this.health = new Health(name, signal);
    var backoff = new Backoff(policy, System::nanoTime, random);
    this.availability =
        new Availability(name, place.isKeptBySink(), policy, backoff, meters, health);
    var writeSize = new WriteSize(policy.batchEventsMax());
    this.readers =
        new Readers(
            name, log, PARTITION, policy, rules, writeSize, random, place.localRecord(), ledger);
    this.ledger = ledger;
    var writer = new SinkWriter(PARTITION, sink, place, caller, gate, meters, writeSize);
    this.ownership =
        new Ownership(
            name,
            log,
            PARTITION,
            place,
            readers,
            caller,
            writer,
            availability,
            retention,
            meters,
            health);
    this.delivery =
        new TurnDelivery(
            name,
            policy,
            rules,
            place,
            readers,
            writer,
            availability,
            letters,
            retention,
            meters,
            health,
            signal,
            clock);
  }

  /// Has the head end after the write under way.
  void stop() {
    stopping = true;
    caller.stop();
    signal.send();
  }

  /// Has the head write what waits without waiting for more, from now on.
  void hurry() {
    linger.end();
    signal.send();
  }

  @Override
  public void run() {
    try {
      while (!stopping && !health.isFinal()) {
        step();
      }
      if (!health.isFinal()) {
        health.become(State.STOPPED, "the engine was closed");
      }
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "delivery to sink " + name + " stopped by a bug or a broken disk", e);
      health.keep(String.valueOf(e.getMessage()));
      health.become(
          State.FAILED,
          "stopped: %s. Nothing is lost: its events stay in the log, and it goes on from its cursor at the next start"
              .formatted(e.getMessage()));
    } finally {
      readers.close();
      preparer.close();
      signal.send();
    }
  }

  private void step() {
    long wait = availability.nanosLeft();
    if (wait > 0) {
      readers.lookForOldest();
      pause(Math.min(wait, WAITING_LOOK_NANOS));
      return;
    }
    if (!availability.isClaimed()) {
      readers.lookForOldest();
      ownership.claim();
      return;
    }
    long held = heldNanos.getAsLong();
    if (held > 0) {
      pause(held);
    } else {
      readers.nextReady().ifPresentOrElse(this::take, this::rest);
    }
  }

  /// Nothing to do: until new events come, or somebody's wait is over.
  private void rest() {
    readers.measureAge();
    if (!readers.headWaits()) {
      health.become(State.RUNNING, "");
    }
    long wait = readers.shortestWait(IDLE_LOOK_NANOS);
    LogState.Status status = log.state().status();
    if (readers.headWaits()
        || status == LogState.Status.FAILED
        || status == LogState.Status.CLOSED) {
      pause(wait);
      return;
    }
    awaitBeyond(readers.record().head(), wait);
  }

  private void awaitBeyond(long offset, long nanos) {
    try {
      long _ = log.awaitEnd(PARTITION, offset, nanos);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a thread that reads the log", e);
    }
  }

  private void pause(long nanos) {
    try {
      boolean _ = signal.await(() -> stopping, nanos);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a thread that reads the log", e);
    }
  }

  private void take(Source source) {
    if (source.isHead() && readers.record().stragglers().isEmpty()) {
      long head = readers.record().head();
      long wait = linger.nanosLeft(log.end(PARTITION) - head);
      if (wait > 0) {
        awaitBeyond(linger.fullAt(head), Math.min(wait, IDLE_LOOK_NANOS));
        return;
      }
    }
    long begun = System.nanoTime();
    turn(source);
    source.creditNanos -= System.nanoTime() - begun;
  }

  private void turn(Source source) {
    if (source.lane.filter(preparer::isUnderWay).isPresent()) {
      waitForTransforms(source);
      return;
    }
    Stretch stretch = readers.next(source);
    if (stretch.end() <= stretch.from()) {
      return;
    }
    Optional<Prepared> prepared =
        source.isHead()
            ? Optional.of(preparer.head(stretch))
            : preparer.straggler(source.lane.orElseThrow(), stretch);
    if (prepared.isPresent()) {
      readers.measureAge();
      long begun = System.nanoTime();
      int entries = stretch.entries();
      delivery.deliver(source, prepared.get());
      readers.took(source, entries, System.nanoTime() - begun);
      readers.measureAge();
    } else {
      waitForTransforms(source);
    }
    readers.shed(source);
  }

  private void waitForTransforms(Source source) {
    LaneKey lane = source.lane.orElseThrow();
    preparer.giveUpOverdue(lane);
    Optional<String> hopeless = preparer.hopeless(lane);
    if (hopeless.isPresent()) {
      source.stuck = true;
      source.reason = hopeless.get();
      source.backoff.waitFor(HOPELESS_LOOK_NANOS);
      return;
    }
    long running = preparer.runningNanos(lane);
    if (running > HANGS_NANOS) {
      source.stuck = true;
      source.reason =
          "its transforms have not come back for %d s; others go on. Change or remove the transform that hangs"
              .formatted(TimeUnit.NANOSECONDS.toSeconds(running));
    }
    source.backoff.waitFor(TRANSFORM_LOOK_NANOS);
  }

  // --- for others to see; any thread

  /// The cursor as it was committed last.
  CursorRecord cursor() {
    return readers.seen();
  }

  /// Whether the cursor has been read since the start.
  boolean knowsItsPlace() {
    return ownership.isEstablished();
  }

  State state() {
    return health.state();
  }

  /// Whether a call of the sink was still running when the head stopped.
  boolean hasLeftCallBehind() {
    return caller.hasLeftBehind();
  }

  /// Whether everything up to now is settled, but for stragglers that wait for their own failure.
  boolean isCaughtUp() {
    return readers.isCaughtUp();
  }

  SinkStatus status() {
    Optional<Ledger.Checked> checked = ledger.flatMap(Ledger::last);
    CursorRecord now = checked.map(Ledger.Checked::record).orElseGet(readers::seen);
    Totals behind = readers.lag();
    long accepted = ledger.map(each -> log.totals(PARTITION).entries() - each.base()).orElse(0L);
    long waiting =
        checked.map(each -> Math.max(0, accepted - each.settled())).orElse(behind.entries());
    OptionalLong oldest = readers.oldestMicros();
    double seconds = 0;
    if (waiting > 0 && oldest.isPresent()) {
      seconds = Math.max(0, clock.millis() / 1e3 - oldest.getAsLong() / 1e6);
    }
    return new SinkStatus(
        name,
        health.state(),
        health.reason(),
        ownership.isEstablished() ? now.head() : -1,
        waiting,
        behind.bytes(),
        seconds,
        now.stragglers().stream().map(this::status).toList(),
        now.delivered(),
        now.deadLettered(),
        now.dropped(),
        accepted,
        checked.map(Ledger.Checked::gap).orElse(0L),
        health.lastError());
  }

  /// What of one lane is not accounted for, since the start.
  long unaccountedOf(LaneKey lane) {
    return ledger.map(each -> each.gapOf(lane)).orElse(0L);
  }

  /// Tenants that wait behind an event that the sink will never take.
  long halted() {
    return readers.seen().stragglers().stream()
        .filter(each -> readers.haltedAt(each.lane()) >= each.from())
        .count();
  }

  /// Has a straggler tried at once.
  ///
  /// @return false where the lane is none
  boolean retry(LaneKey lane) {
    boolean known = readers.retry(lane);
    signal.send();
    return known;
  }

  /// Has a halted lane go on without the event that it waits behind, which becomes a dead letter.
  ///
  /// @return false where it does not wait behind that one
  boolean skip(LaneKey lane, long offset) {
    if (readers.haltedAt(lane) != offset) {
      return false;
    }
    delivery.pardon(lane, offset);
    return retry(lane);
  }

  private SinkStatus.Straggler status(Straggler straggler) {
    return new SinkStatus.Straggler(
        straggler.lane().toString(),
        straggler.from(),
        readers.reasonOf(straggler.lane()),
        readers.haltedAt(straggler.lane()) >= straggler.from()
            ? OptionalLong.of(readers.haltedAt(straggler.lane()))
            : OptionalLong.empty());
  }

  /// Payload bytes of all lanes that are not settled yet.
  long backlogBytes() {
    return readers.lag().bytes();
  }

  /// What of one lane is not settled yet.
  Totals behindOf(LaneKey lane) {
    return readers.behindOf(lane);
  }

  /// Payload bytes of one lane that count against its backlog. **Nothing is held against a tenant
  /// that nobody knows to be owed**: until the cursor is known, only what came since the start.
  long backlogBytesOf(LaneKey lane) {
    if (ownership.isEstablished()) {
      return readers.behindOf(lane).bytes();
    }
    return log.totals(PARTITION, lane).minus(totalsAtStart.getOrDefault(lane, Totals.ZERO)).bytes();
  }

  /// Events of one lane that are not settled yet.
  long lagOf(LaneKey lane) {
    return readers.lagOf(lane);
  }
}
