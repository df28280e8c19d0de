package io.pulsegate.core.delivery;

import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Slice.Run;
import io.pulsegate.api.Transform;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.transform.LaneVerdicts;
import io.pulsegate.core.transform.TransformWorker;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Takes stretches through their tenants' transforms, on threads of their own: **a transform that
/// is slow or never comes back holds up its own tenant, and nobody else.** Head thread only.
///
/// The head waits a moment for each lane; one that takes longer becomes a straggler, whose
/// transforms run beside everything else. **An event that takes longer than the limit is
/// interrupted and given up** (see [Overdue]); nothing else is begun a second time while it runs,
/// unless its configuration was changed.
final class Preparer implements AutoCloseable {
  private static final long QUICK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /// A lane's transforms under way, on a thread of its own.
  private record Pending(
      Stretch stretch,
      Transform way,
      TransformWorker.Task task,
      TransformWorker worker,
      long begunNanos) {}

  private final String sink;
  private final LaneRules rules;
  private final EventWriter.Limits limits;
  private final long headLimitNanos;
  private final long eventLimitNanos;
  private final Map<LaneKey, Pending> pending = new HashMap<>();
  private final Map<LaneKey, Overdue> overdue = new HashMap<>();
  private TransformWorker worker;

  /// @param headLimit how long the head waits for one lane
  /// @param eventLimit longest that one event may take
  Preparer(
      String sink,
      LaneRules rules,
      EventWriter.Limits limits,
      Duration headLimit,
      Duration eventLimit) {
    this.sink = sink;
    this.rules = rules;
    this.limits = limits;
    this.headLimitNanos = headLimit.toNanos();
    this.eventLimitNanos = eventLimit.toNanos();
    this.worker = newWorker();
  }

  private TransformWorker newWorker() {
    return new TransformWorker("pulsegate-transform-" + sink, limits);
  }

  /// What the head writes next.
  Prepared head(Stretch stretch) {
    Map<LaneKey, List<Run>> out = new LinkedHashMap<>();
    Map<LaneKey, LaneVerdicts> verdicts = new HashMap<>();
    Set<LaneKey> late = new HashSet<>();
    stretch
        .lanes()
        .forEach((lane, runs) -> {
          Optional<Transform> way = rules.wayOf(lane, sink);
          if (way.isEmpty()) {
            out.put(lane, runs);
            return;
          }
          if (isUnderWay(lane)) {
            late.add(lane);
            return;
          }
          Optional.ofNullable(pending.get(lane)).ifPresent(ended -> forget(lane, ended));
          TransformWorker.Task task =
              worker.begin(
                  lane, runs, way.get(), overdueOf(lane, way.get()).offsets(stretch.from()));
          if (await(task, headLimitNanos)) {
            verdicts.put(lane, task.verdicts());
            out.put(lane, task.verdicts().runs());
          } else {
            late.add(lane);
            pending.put(
                lane,
                new Pending(
                    stretch.only(lane::equals), way.get(), task, worker, System.nanoTime()));
            worker = newWorker();
          }
        });
    return new Prepared(stretch, Stretch.of(stretch.from(), stretch.end(), out), verdicts, late);
  }

  /// Whether a lane's transforms are under way since an earlier turn, with the present
  /// configuration.
  boolean isUnderWay(LaneKey lane) {
    Pending begun = pending.get(lane);
    return begun != null
        && !begun.task().isDone()
        && rules.wayOf(lane, sink).filter(begun.way()::equals).isPresent();
  }

  /// What a straggler writes next; empty while its transforms run.
  Optional<Prepared> straggler(LaneKey lane, Stretch fresh) {
    Optional<Transform> way = rules.wayOf(lane, sink);
    Pending begun = pending.get(lane);
    if (begun != null && (way.isEmpty() || !way.get().equals(begun.way()))) {
      forget(lane, begun);
      begun = null;
    }
    if (way.isEmpty()) {
      return Optional.of(new Prepared(fresh, fresh, Map.of(), Set.of()));
    }
    if (begun != null && begun.task().isDone() && begun.stretch().from() != fresh.from()) {
      forget(lane, begun);
      begun = null;
    }
    if (begun == null) {
      if (overdueOf(lane, way.get()).isHopeless()) {
        return Optional.empty();
      }
      begun = begin(lane, fresh, way.get());
      pending.put(lane, begun);
    }
    if (!await(begun.task(), QUICK_NANOS)) {
      return Optional.empty();
    }
    forget(lane, begun);
    if (begun.stretch().from() != fresh.from()) {
      return straggler(lane, fresh);
    }
    Stretch stretch = begun.stretch().below(fresh.end());
    LaneVerdicts verdicts = begun.task().verdicts();
    Stretch out =
        Stretch.of(begun.stretch().from(), begun.stretch().end(), Map.of(lane, verdicts.runs()))
            .below(fresh.end());
    // The turn may have become shorter than what was begun.
    return Optional.of(
        new Prepared(stretch, out, Map.of(lane, verdicts.below(stretch.end())), Set.of()));
  }

  private Pending begin(LaneKey lane, Stretch stretch, Transform way) {
    TransformWorker own = newWorker();
    List<Run> runs = stretch.lanes().getOrDefault(lane, List.of());
    TransformWorker.Task task =
        own.begin(lane, runs, way, overdueOf(lane, way).offsets(stretch.from()));
    return new Pending(stretch, way, task, own, System.nanoTime());
  }

  /// What is known of a lane's present transforms; what was known of others is forgotten.
  private Overdue overdueOf(LaneKey lane, Transform way) {
    Overdue known = overdue.get(lane);
    if (known != null && known.isOf(way)) {
      return known;
    }
    overdue.remove(lane);
    return new Overdue(way);
  }

  /// Gives up the event that a lane's transforms are at, where they take too long for it.
  void giveUpOverdue(LaneKey lane) {
    Pending begun = pending.get(lane);
    if (begun == null || begun.task().eventNanos() <= eventLimitNanos) {
      return;
    }
    Overdue known = overdueOf(lane, begun.way());
    if (known.giveUp(begun.task())) {
      overdue.put(lane, known);
      forget(lane, begun);
    }
  }

  /// Why a lane's transforms are not even begun.
  Optional<String> hopeless(LaneKey lane) {
    return Optional.ofNullable(overdue.get(lane)).filter(Overdue::isHopeless).map(Overdue::reason);
  }

  /// How long a lane's transforms have been running, in nanoseconds; 0 where they are not.
  long runningNanos(LaneKey lane) {
    Pending begun = pending.get(lane);
    return begun == null ? 0 : System.nanoTime() - begun.begunNanos();
  }

  private void forget(LaneKey lane, Pending begun) {
    pending.remove(lane);
    begun.worker().close();
  }

  private static boolean await(TransformWorker.Task task, long nanos) {
    try {
      return task.await(nanos);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a thread that reads the log", e);
    }
  }

  @Override
  public void close() {
    worker.close();
    pending.values().forEach(begun -> begun.worker().close());
  }
}
