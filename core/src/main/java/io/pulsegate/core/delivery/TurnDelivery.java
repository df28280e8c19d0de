package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.SinkStatus.State;
import io.pulsegate.core.delivery.LetterBox.Stage;
import io.pulsegate.core.transform.LaneVerdicts;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Brings one turn to its end: writes it, and does what the sink's answer asks for, until the turn
/// is committed or cannot be now. Head thread only.
final class TurnDelivery {
  /// So many tenants at most wait for a sink that is down as stragglers do.
  private static final int ASIDE_MAX = 100;

  private final String name;
  private final DeliveryPolicy policy;
  private final LaneRules rules;
  private final Place place;
  private final Readers readers;
  private final SinkWriter writer;
  private final Availability availability;
  private final LetterBox letters;
  private final Retention retention;
  private final HeadMeters meters;
  private final Health health;
  private final Signal signal;
  private final InstantSource clock;

  /// Events that halted lanes may go on without; put there by any thread.
  private final Map<LaneKey, Long> pardons = new ConcurrentHashMap<>();

  TurnDelivery(
      String name,
      DeliveryPolicy policy,
      LaneRules rules,
      Place place,
      Readers readers,
      SinkWriter writer,
      Availability availability,
      LetterBox letters,
      Retention retention,
      HeadMeters meters,
      Health health,
      Signal signal,
      InstantSource clock) {
    this.name = name;
    this.policy = policy;
    this.rules = rules;
    this.place = place;
    this.readers = readers;
    this.writer = writer;
    this.availability = availability;
    this.letters = letters;
    this.retention = retention;
    this.meters = meters;
    this.health = health;
    this.signal = signal;
    this.clock = clock;
  }

  /// Writes until the turn is committed, or cannot be now.
  void deliver(Source source, Prepared prepared) {
    var turn = new Turn(prepared, source.isHead());
    readers.passedOver(source, prepared.original()).forEach(turn::dropped);
    boolean again = settleVerdicts(source, turn, prepared);
    if (source.isHead()) {
      readers.tooMuch(turn.rest()).ifPresent(turn::fall);
    }
    narrowForThrows(source, turn);
    while (again) {
      CursorRecord to =
          source.isHead()
              ? turn.after(readers.record())
              : turn.after(readers.record(), source.lane.orElseThrow());
      WriteResult result =
          writer.write(turn.rest().slices(), readers.record(), to, () -> readers.readAhead(source));
      again =
          switch (result) {
            case Unavailable(_, String bug, _) when writer.threw() -> threw(source, bug);
            case WriteResult.Delivered _ -> commit(source, turn, to);
            case WriteResult.Mixed mixed -> sort(source, turn, mixed);
            case WriteResult.Refused refused -> narrow(source, turn, refused);
            case Unavailable unavailable -> unavailable(source, turn, unavailable);
            case WriteResult.Fenced fenced -> availability.fenced(fenced);
          };
    }
  }

  /// **A sink that is down holds the log for those alone who send to it.** Where its cursor is kept
  /// here and others pass it by, the few who have something for it go their own way and wait for it
  /// as stragglers do, and the head goes on; of the log behind it, their own frames are all that
  /// stays.
  ///
  /// @return whether the turn goes on
  private boolean unavailable(Source source, Turn turn, Unavailable unavailable) {
    Stretch rest = turn.rest();
    int aside = readers.record().stragglers().size() + rest.lanes().size();
    if (place.isKeptBySink() || aside > ASIDE_MAX) {
      return availability.unavailable(unavailable);
    }
    if (!source.isHead()) {
      meters.error("unavailable");
      boolean _ = fallOut(source, turn, source.lane.orElseThrow(), unavailable.reason());
      availability.postpone(source.backoff, unavailable);
      return false;
    }
    boolean othersPass = turn.original().lanes().size() > rest.lanes().size();
    if (!othersPass) {
      return availability.unavailable(unavailable);
    }
    meters.error("unavailable");
    List.copyOf(rest.lanes().keySet())
        .forEach(lane -> {
          boolean _ = fallOut(source, turn, lane, unavailable.reason());
        });
    return true;
  }

  /// Does what the transforms' verdicts ask for, before anything is written.
  ///
  /// @return whether the turn goes on
  private boolean settleVerdicts(Source source, Turn turn, Prepared prepared) {
    for (LaneKey lane : prepared.late()) {
      health.note(lane + ": its transforms take longer than the others can wait");
      turn.fall(lane);
    }
    for (var entry : prepared.verdicts().entrySet()) {
      LaneKey lane = entry.getKey();
      LaneVerdicts verdicts = entry.getValue();
      turn.dropped(lane, verdicts.dropped());
      boolean goesOn =
          verdicts.failed().isEmpty()
              || bury(source, turn, lane, Stage.TRANSFORM, verdicts.failed());
      if (goesOn && verdicts.held().isPresent()) {
        goesOn = hold(source, turn, lane, verdicts.held().get());
      }
      if (!goesOn) {
        return false;
      }
    }
    return true;
  }

  /// A tenant whose transforms cannot go on now: what they have done is delivered first.
  private boolean hold(Source source, Turn turn, LaneKey lane, LaneVerdicts.Held held) {
    if (source.isHead() || held.offset() <= turn.rest().from()) {
      return fallOut(source, turn, lane, held.reason());
    }
    turn.endAt(held.offset());
    return true;
  }

  /// @return false: the turn is over
  private boolean commit(Source source, Turn turn, CursorRecord to) {
    place.committed(to);
    readers.committed(source, turn, to);
    source.backoff.succeeded();
    availability.succeeded();
    meters.settled(turn);
    retention.release(name, to);
    health.become(State.RUNNING, "");
    signal.send();
    return false;
  }

  /// **The sink has committed nothing of a batch with rejections; dead letters are durable first,
  /// then the rest is written with the same end.** A sink that keeps no cursor has delivered a
  /// prefix of each slice.
  ///
  /// @return whether to write again
  private boolean sort(Source source, Turn turn, WriteResult.Mixed mixed) {
    meters.error("mixed");
    List<Slice> slices = turn.rest().slices();
    if (mixed.slices().size() != slices.size()) {
      throw new IllegalStateException(
          "the sink answered for %d of %d slices".formatted(mixed.slices().size(), slices.size()));
    }
    boolean progress = false;
    for (int i = 0; i < slices.size(); i++) {
      LaneKey lane = slices.get(i).lane();
      SliceResult result = mixed.slices().get(i);
      if (!place.isKeptBySink()) {
        progress |= turn.delivered(lane, result.deliveredEnd());
      }
      if (result.unavailable().isPresent()) {
        progress = true;
        if (!fallOut(source, turn, lane, result.unavailable().get().reason())) {
          return false;
        }
      } else if (!result.rejections().isEmpty()) {
        progress = true;
        if (!bury(source, turn, lane, Stage.SINK, result.rejections())) {
          return false;
        }
      }
    }
    return progress || availability.outage("the sink delivered nothing and named no reason");
  }

  /// @return whether the turn goes on
  private boolean bury(
      Source source, Turn turn, LaneKey lane, Stage stage, List<Rejection> rejections) {
    List<Rejection> buried = rejections;
    if (rules.haltsOnPoison(lane, name)) {
      Rejection first = first(rejections);
      if (!pardoned(lane, first)) {
        return halt(source, turn, lane, first);
      }
      buried = List.of(first);
    }
    Optional<String> trouble =
        letters.put(stage, turn.original(), lane, buried, 1, clock.instant());
    if (trouble.isPresent()) {
      return fallOut(source, turn, lane, trouble.get());
    }
    turn.dead(lane, buried.stream().map(Rejection::offset).collect(Collectors.toSet()));
    if (buried.size() < rejections.size()) {
      return stage == Stage.SINK || halt(source, turn, lane, first(others(rejections, buried)));
    }
    return true;
  }

  private static Rejection first(List<Rejection> rejections) {
    return rejections.stream().min(Comparator.comparingLong(Rejection::offset)).orElseThrow();
  }

  private static List<Rejection> others(List<Rejection> all, List<Rejection> without) {
    return all.stream().filter(each -> !without.contains(each)).toList();
  }

  /// Has a halted lane go on without this event. Any thread.
  void pardon(LaneKey lane, long offset) {
    pardons.put(lane, offset);
  }

  private boolean pardoned(LaneKey lane, Rejection rejection) {
    Long offset = pardons.get(lane);
    return offset != null && offset == rejection.offset();
  }

  /// The tenant wants no dead letters: everything behind the first bad event waits.
  ///
  /// @return whether the turn goes on
  private boolean halt(Source source, Turn turn, LaneKey lane, Rejection first) {
    String why =
        "halted at offset %d, %s: %s. Mend the cause, or let the tenant go on without it: pulsegate halts"
            .formatted(first.offset(), first.code(), first.reason());
    if (source.isHead() || first.offset() <= turn.rest().from()) {
      source.haltedAt = source.isHead() ? -1 : first.offset();
      return fallOut(source, turn, lane, why);
    }
    turn.endAt(first.offset());
    return true;
  }

  /// The lane cannot go on for a reason of its own: in the head it becomes a straggler with this
  /// turn's commit; a straggler waits, keeping what was delivered of it.
  ///
  /// @return whether the turn goes on
  private boolean fallOut(Source source, Turn turn, LaneKey lane, String why) {
    health.note(lane + ": " + why);
    if (source.isHead()) {
      turn.fall(lane);
      return true;
    }
    if (!place.isKeptBySink()) {
      long from = turn.rest().from();
      turn.fall(lane);
      long deliveredTo = turn.fallen().getOrDefault(lane, from);
      turn.fallen().clear();
      if (deliveredTo > from) {
        turn.endAt(deliveredTo);
        boolean _ = commit(source, turn, turn.after(readers.record(), lane));
      }
    }
    source.reason = why;
    source.stuck = true;
    source.backoff.failed(0);
    return false;
  }

  /// **A batch refused whole is split by tenant first; then only prefixes are committed up to the
  /// bad event.** Half the tenants are written while the others become stragglers in the same move,
  /// so that a bad one ends alone; a straggler halves until a single event is left.
  ///
  /// @return whether to write again
  private boolean narrow(Source source, Turn turn, WriteResult.Refused refused) {
    meters.error("refused");
    health.note(refused.code() + ": " + refused.reason());
    Stretch rest = turn.rest();
    if (rest.entries() == 0) {
      return availability.outage("a move of the cursor without events was refused: " + refused);
    }
    if (source.isHead()) {
      halveLanes(turn);
      return true;
    }
    source.reason = refused.code() + ": " + refused.reason();
    LaneKey lane = source.lane.orElseThrow();
    source.suspectEnd = rest.end();
    if (rest.entries() > 1) {
      turn.narrow(rest.firstEntries(lane, rest.entries() / 2));
      return true;
    }
    return refusedAlone(source, turn, lane, refused);
  }

  /// **A sink that throws holds up only the tenant it throws at, and never makes a dead letter**:
  /// the bug may be about anything. The head tries less of the lanes with each throw, a straggler
  /// less of its events, until one event is left, which waits for a person.
  ///
  /// @return false: the turn is over
  private boolean threw(Source source, String bug) {
    source.throwsInARow++;
    source.reason = bug;
    source.stuck = !source.isHead();
    source.backoff.failed(0);
    if (source.isHead()) {
      health.become(State.BACKING_OFF, bug);
    }
    return availability.threw(bug);
  }

  private void narrowForThrows(Source source, Turn turn) {
    for (int i = policy.poisonAttempts(); i <= source.throwsInARow; i++) {
      Stretch rest = turn.rest();
      if (source.isHead()) {
        halveLanes(turn);
      } else if (rest.entries() > 1) {
        source.suspectEnd = rest.end();
        turn.narrow(rest.firstEntries(source.lane.orElseThrow(), rest.entries() / 2));
      }
    }
  }

  private static void halveLanes(Turn turn) {
    List<LaneKey> lanes = List.copyOf(turn.rest().lanes().keySet());
    lanes.subList(lanes.size() / 2, lanes.size()).forEach(turn::fall);
  }

  private boolean refusedAlone(
      Source source, Turn turn, LaneKey lane, WriteResult.Refused refused) {
    long offset = firstLive(turn.rest(), lane);
    int tries = source.refusedAlone(offset, clock.instant());
    if (tries < policy.poisonAttempts()) {
      source.backoff.failed(0);
      return false;
    }
    var rejection = new Rejection(offset, refused.code(), refused.reason());
    if (rules.haltsOnPoison(lane, name) && !pardoned(lane, rejection)) {
      return halt(source, turn, lane, rejection);
    }
    Optional<String> trouble =
        letters.put(
            Stage.SINK, turn.original(), lane, List.of(rejection), tries, source.firstFailure);
    if (trouble.isPresent()) {
      return fallOut(source, turn, lane, trouble.get());
    }
    turn.dead(lane, Set.of(offset));
    return true;
  }

  private static long firstLive(Stretch stretch, LaneKey lane) {
    for (Slice.Run run : stretch.lanes().getOrDefault(lane, List.of())) {
      for (int i = run.from(); i < run.to(); i++) {
        if (run.isLive(i)) {
          return run.offset(i);
        }
      }
    }
    throw new IllegalStateException("a refused batch holds an event");
  }
}
