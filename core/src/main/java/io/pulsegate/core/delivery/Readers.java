package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.LaneKey;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.core.LaneRules;
import io.pulsegate.log.Totals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// All who read the log for one sink, the head and its stragglers, and the cursor record that says
/// where they are. Head thread only, but for what is marked.
final class Readers implements AutoCloseable {
  /// The sink cannot keep step where more than so many writes wait.
  private static final int BEHIND_WRITES = 3;

  /// So many full batches may be read ahead for all stragglers together.
  private static final long STRAGGLER_BATCHES = 3;

  /// A turn is too long with so many times what it is to take; then the next has fewer events.
  private static final double TOO_LONG = 1.5;

  private static final int EVENTS_MIN = 10;

  /// A tenant takes too much with so many times its share.
  private static final double TOO_MUCH = 1.5;

  /// Why an event that was redriven for one sink is dropped by the others.
  private static final String FOR_ANOTHER_SINK = "for_another_sink";

  private final String sink;
  private final IngestionLog log;
  private final int partition;
  private final DeliveryPolicy policy;
  private final RandomGenerator random;
  private final LaneRules rules;
  private final WriteSize writeSize;
  private final TurnOrder order = new TurnOrder();
  private final Lag lag;
  private final Optional<Ledger> ledger;
  private final Map<LaneKey, Source> stragglers = new ConcurrentHashMap<>();

  /// Stragglers that a person wants tried at once; put there by any thread.
  private final Set<LaneKey> retried = ConcurrentHashMap.newKeySet();

  private CursorRecord record;
  private Source head;
  private List<Source> all = List.of();
  private int headWeight = 1;
  private boolean headIsShared;

  private volatile CursorRecord seen;
  private volatile OptionalLong oldestMicros = OptionalLong.empty();

  /// @param sink whose readers they are: what is for another one alone is passed over
  /// @param ledger checks what is passed; empty where that is not everything
  Readers(
      String sink,
      IngestionLog log,
      int partition,
      DeliveryPolicy policy,
      LaneRules rules,
      WriteSize writeSize,
      RandomGenerator random,
      CursorRecord record,
      Optional<Ledger> ledger) {
    this.sink = sink;
    this.log = log;
    this.partition = partition;
    this.policy = policy;
    this.rules = rules;
    this.writeSize = writeSize;
    this.random = random;
    this.lag = new Lag(log, partition);
    this.ledger = ledger;
    this.record = record;
    this.seen = record;
    this.head = headAt(record.head(), backoff());
    lag.begin(record);
    listAll();
  }

  private void listAll() {
    var list = new ArrayList<Source>();
    list.add(head);
    stragglers.values().stream()
        .sorted(Comparator.comparing(source -> source.lane.orElseThrow().toString()))
        .forEach(list::add);
    all = list;
  }

  private Backoff backoff() {
    return new Backoff(policy, System::nanoTime, random);
  }

  private Source headAt(long offset, Backoff backoff) {
    return new Source(
        Optional.empty(),
        new BlockWindow(log, partition, Optional.empty(), offset),
        backoff,
        Totals.ZERO);
  }

  /// The cursor as it was committed last.
  CursorRecord record() {
    return record;
  }

  /// Whose turn it is, of those that have work and need not wait.
  Optional<Source> nextReady() {
    for (LaneKey lane : List.copyOf(retried)) {
      boolean _ = retried.remove(lane);
      Source straggler = stragglers.get(lane);
      if (straggler != null) {
        straggler.backoff.succeeded();
      }
    }
    return order.next(all, this::isReady, this::weightOf);
  }

  private boolean isReady(Source source) {
    boolean hasWork = !source.isHead() || log.end(partition) > record.head();
    return hasWork && source.backoff.nanosLeft() <= 0;
  }

  /// The head weighs as much as all the tenants that it serves.
  private int weightOf(Source source) {
    return source.lane.map(rules::weightOf).orElse(headWeight);
  }

  /// The shortest wait of a source, at most `mostNanos`.
  long shortestWait(long mostNanos) {
    long wait = mostNanos;
    for (Source straggler : stragglers.values()) {
      wait = Math.min(wait, Math.max(1, straggler.backoff.nanosLeft()));
    }
    return headWaits() ? Math.min(wait, Math.max(1, head.backoff.nanosLeft())) : wait;
  }

  /// Whether the head waits for a failure of its own to pass.
  boolean headWaits() {
    return head.backoff.nanosLeft() > 0;
  }

  /// Takes a record as the truth, and puts all readers where it says.
  void adopt(CursorRecord stored) {
    head.close();
    stragglers.values().forEach(Source::close);
    Map<LaneKey, Source> before = new LinkedHashMap<>(stragglers);
    stragglers.clear();
    record = stored;
    seen = stored;
    Source headBefore = head;
    head = headAt(stored.head(), headBefore.backoff);
    head.inherit(headBefore);
    lag.begin(stored);
    for (Straggler each : stored.stragglers()) {
      Source known = before.get(each.lane());
      Source straggler =
          straggler(
              each.lane(),
              each.from(),
              known != null && known.window.from() == each.from()
                  ? known.at
                  : lag.laneAt(each.lane(), each.from()),
              known == null ? backoff() : known.backoff);
      if (known != null) {
        straggler.inherit(known);
      }
      stragglers.put(each.lane(), straggler);
    }
    listAll();
    head.window.fill(1, log.end(partition));
    lag.within(head.window.within(), stored.head());
    oldestMicros = oldest();
  }

  /// The adopted record is what delivery goes on from: it is checked from here on.
  void beginChecks() {
    ledger.ifPresent(each -> each.begin(lag.settled(stragglers), record));
  }

  /// Entries between the record and this one, which the log has not any more; empty where that
  /// cannot be told.
  OptionalLong missingUpTo(CursorRecord to) {
    return ledger.isEmpty()
        ? OptionalLong.empty()
        : ledger.get().missing(lag.settledAt(to), record);
  }

  private Source straggler(LaneKey lane, long from, Totals at, Backoff backoff) {
    var source =
        new Source(
            Optional.of(lane),
            new BlockWindow(log, partition, Optional.of(lane), from),
            backoff,
            at);
    // What made it fall out is more likely its own doing than the others'.
    source.eventsMax = head.eventsMax;
    return source;
  }

  /// What the source delivers next; empty where nothing can be read yet.
  Stretch next(Source source) {
    return source.isHead() ? headStretch() : stragglerStretch(source);
  }

  /// Live entries of a stretch that are for another sink alone, by lane.
  Map<LaneKey, Map<Long, String>> passedOver(Source source, Stretch stretch) {
    var passed = new LinkedHashMap<LaneKey, Map<Long, String>>();
    if (ledger.isEmpty()) {
      return passed;
    }
    for (LogBlock block : source.window.below(stretch.end())) {
      if (!isForUs(block) && (!source.isHead() || !stragglers.containsKey(block.lane()))) {
        Map<Long, String> offsets =
            passed.computeIfAbsent(block.lane(), _ -> new LinkedHashMap<>());
        for (int i = 0; i < block.block().count(); i++) {
          long offset = block.firstOffset() + i;
          if (block.block().isLive(i) && offset >= stretch.from() && offset < stretch.end()) {
            offsets.put(offset, FOR_ANOTHER_SINK);
          }
        }
      }
    }
    return passed;
  }

  private boolean isForUs(LogBlock block) {
    return block.block().target().map(sink::equals).orElse(true);
  }

  private Stretch headStretch() {
    head.window.fill(policy.batchBytesMax(), log.end(partition));
    boolean contended = headIsShared || !stragglers.isEmpty();
    Stretch stretch = headStretch(eventsOf(head, contended));
    headIsShared = stretch.lanes().size() > 1;
    if (headIsShared && !contended) {
      stretch = headStretch(eventsOf(head, true));
    }
    headWeight = Math.max(1, stretch.lanes().keySet().stream().mapToInt(rules::weightOf).sum());
    return stretch;
  }

  private Stretch headStretch(int eventsMax) {
    return head.window.next(
        block -> isForUs(block) && !stragglers.containsKey(block.lane()),
        eventsMax,
        policy.batchBytesMax(),
        log.end(partition));
  }

  private int eventsOf(Source source, boolean contended) {
    return Math.min(source.eventsMax, writeSize.events(contended));
  }

  /// A turn is over. **Nobody holds the sink for much longer than a turn is to take, whatever made
  /// it long**: transforms, a search for bad events, dead letters.
  void took(Source source, int entries, long nanos) {
    double allowed = writeSize.turnNanos(!source.isHead() || headIsShared || !stragglers.isEmpty());
    if (nanos > TOO_LONG * allowed) {
      source.eventsMax = Math.max(EVENTS_MIN, (int) (entries * (allowed / nanos)));
    } else if (nanos < allowed && source.eventsMax < policy.batchEventsMax()) {
      source.eventsMax = Math.min(policy.batchEventsMax(), 2 * source.eventsMax);
    }
  }

  /// The tenant that has more than its share of what waits at the head while the sink cannot keep
  /// step: it is to go its own way, so that the others do not wait behind it.
  Optional<LaneKey> tooMuch(Stretch stretch) {
    long waiting = lag.entriesBeforeHead();
    if (waiting < (long) BEHIND_WRITES * eventsOf(head, true)) {
      return Optional.empty();
    }
    long skipped = stragglers.keySet().stream().mapToLong(this::waitingAtHead).sum();
    return stretch.lanes().keySet().stream()
        .max(Comparator.comparingInt(stretch::entries))
        .filter(lane -> {
          int weight = rules.weightOf(lane);
          long own = waitingAtHead(lane);
          long all = waiting - skipped;
          double fair = (double) weight / Math.max(headWeight, weight + 1);
          return own < all && own > TOO_MUCH * fair * all;
        });
  }

  private long waitingAtHead(LaneKey lane) {
    return log.totals(partition, lane).entries() - lag.laneAtHead(lane).entries();
  }

  /// A straggler reads up to the head; while one of its events is under suspicion, half of what is
  /// left before the end of the suspicion.
  private Stretch stragglerStretch(Source source) {
    source.window.fill(policy.batchBytesMax(), record.head());
    boolean suspicious = source.suspectEnd > source.window.from();
    Stretch stretch =
        source.window.next(
            this::isForUs,
            eventsOf(source, true),
            policy.batchBytesMax(),
            suspicious ? Math.min(source.suspectEnd, record.head()) : record.head());
    int entries = stretch.entries();
    return suspicious && entries > 1
        ? stretch.firstEntries(source.lane.orElseThrow(), entries / 2)
        : stretch;
  }

  /// Reads what the next turn needs, while a write is under way.
  void readAhead(Source source) {
    source.window.fill(
        2 * policy.batchBytesMax(), source.isHead() ? log.end(partition) : record.head());
  }

  /// Bytes read ahead for all stragglers.
  long heldForStragglersBytes() {
    return stragglers.values().stream().mapToLong(each -> each.window.heldBytes()).sum();
  }

  /// After a turn: **what is read ahead for stragglers has one bound, however many there are.** One
  /// that waits for its own failure keeps nothing, and the others share a budget.
  void shed(Source source) {
    if (source.isHead()) {
      return;
    }
    if (source.backoff.nanosLeft() > 0) {
      source.window.forget();
    }
    long held = heldForStragglersBytes();
    for (Source each : stragglers.values()) {
      if (held <= STRAGGLER_BATCHES * policy.batchBytesMax()) {
        return;
      }
      if (each != source) {
        held -= each.window.heldBytes();
        each.window.forget();
      }
    }
  }

  /// Moves to where the committed record says. What others see of it comes last, when the lag is
  /// the new one too.
  void committed(Source source, Turn turn, CursorRecord to) {
    record = to;
    Map<LaneKey, Long> counted = ledger.isPresent() ? turn.settledByLane() : Map.of();
    var passed = new HashMap<LaneKey, Long>();
    counted.keySet().forEach(lane -> passed.put(lane, -settledOf(lane)));
    turn.fallen()
        .forEach((lane, from) -> {
          Totals at = head.window.laneAt(lane, from).orElse(lag.laneAtHead(lane));
          stragglers.put(lane, straggler(lane, from, at, backoff()));
        });
    if (!turn.fallen().isEmpty()) {
      listAll();
    }
    source.throwsInARow = 0;
    if (source.isHead()) {
      head.window.advance(to.head(), lag::passed);
      lag.within(head.window.within(), to.head());
    } else {
      advanceStraggler(source, turn.rest().end(), to);
    }
    ledger.ifPresent(each -> {
      passed.forEach((lane, before) ->
          each.checkLane(lane, before + settledOf(lane), counted.getOrDefault(lane, 0L)));
      each.check(lag.settled(stragglers), to);
    });
    seen = to;
  }

  /// Live entries of a lane that are settled.
  private long settledOf(LaneKey lane) {
    Source straggler = stragglers.get(lane);
    return straggler == null ? lag.exactlyAtHead(lane) : straggler.at.entries();
  }

  private void advanceStraggler(Source source, long end, CursorRecord to) {
    source.window.advance(end, block -> source.at = block.laneAfter());
    source.window.within().ifPresent(block -> source.at = block.laneAt(end));
    source.stuck = false;
    if (source.suspectEnd <= end) {
      source.reason = "";
    }
    if (source.haltedAt < end) {
      source.haltedAt = -1;
    }
    LaneKey lane = source.lane.orElseThrow();
    if (to.stragglers().stream().noneMatch(each -> each.lane().equals(lane))) {
      source.close();
      stragglers.remove(lane);
      listAll();
    }
  }

  /// Looks up how old the oldest event is that waits.
  void measureAge() {
    oldestMicros = oldest();
  }

  /// The same where nothing is read ahead, as the sink cannot be asked: from the log.
  void lookForOldest() {
    head.window.fill(1, log.end(partition));
    measureAge();
  }

  private OptionalLong oldest() {
    OptionalLong oldest = head.window.oldestMicros();
    for (Source straggler : stragglers.values()) {
      OptionalLong its = straggler.window.oldestMicros();
      if (its.isPresent() && (oldest.isEmpty() || its.getAsLong() < oldest.getAsLong())) {
        oldest = its;
      }
    }
    return oldest;
  }

  @Override
  public void close() {
    head.close();
    stragglers.values().forEach(Source::close);
  }

  // --- for others to see; any thread

  /// The cursor as others may see it.
  CursorRecord seen() {
    return seen;
  }

  /// When the oldest event that waits was received.
  OptionalLong oldestMicros() {
    return oldestMicros;
  }

  /// What is not settled yet.
  Totals lag() {
    return lag.of(stragglers.values());
  }

  /// What of one lane is not settled yet.
  Totals behindOf(LaneKey lane) {
    Source straggler = stragglers.get(lane);
    Totals at = straggler == null ? lag.laneAtHead(lane) : straggler.at;
    Totals behind = log.totals(partition, lane).minus(at);
    return new Totals(Math.max(0, behind.entries()), Math.max(0, behind.bytes()));
  }

  /// Events of one lane that are not settled yet.
  long lagOf(LaneKey lane) {
    return behindOf(lane).entries();
  }

  /// Why the lane does not keep step; empty while it only catches up, or does keep step.
  String reasonOf(LaneKey lane) {
    Source source = stragglers.get(lane);
    return source == null ? "" : source.reason;
  }

  /// Offset of the event that the lane waits behind, where it halts on such; -1 where it does not.
  long haltedAt(LaneKey lane) {
    Source source = stragglers.get(lane);
    return source == null ? -1 : source.haltedAt;
  }

  /// Has a straggler tried at once.
  ///
  /// @return false where the lane is none
  boolean retry(LaneKey lane) {
    boolean known = stragglers.containsKey(lane);
    if (known) {
      boolean _ = retried.add(lane);
    }
    return known;
  }

  private boolean isStuck(LaneKey lane) {
    Source source = stragglers.get(lane);
    return source != null && source.stuck;
  }

  /// Whether everything up to now is settled, but for stragglers that wait for their own failure.
  /// The record decides who is a straggler: their sources are made anew while a cursor is adopted.
  boolean isCaughtUp() {
    CursorRecord now = seen;
    return now.head() >= log.end(partition)
        && now.stragglers().stream().allMatch(each -> isStuck(each.lane()));
  }
}
