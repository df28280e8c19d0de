package io.pulsegate.core.transform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.api.Event;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice.Run;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.api.Verdict.Drop;
import io.pulsegate.api.Verdict.Fail;
import io.pulsegate.api.Verdict.Keep;
import io.pulsegate.api.Verdict.Split;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Takes one tenant's runs through its way to a sink. Used once, by one thread.
///
/// **Whatever a transform throws, answers or makes, it comes to a verdict about an event or to a
/// wait of its tenant, and to nothing else.** An [Error] holds the tenant up, since it may be about
/// anything; a stack that overflows is about the event.
final class LaneTransform {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");

  /// Deeper than any limit of the front door, so that whatever was accepted can be read.
  private static final JsonLimits ACCEPTED = JsonLimits.DEFAULT.withDepth(1024);

  private static final int REASON_CHARS_MAX = 300;
  private static final int DROP_REASON_CHARS_MAX = 64;

  private final LaneKey lane;
  private final Transform way;
  private final EventWriter.Limits limits;
  private final Set<Long> overdue;
  private final List<Run> out = new ArrayList<>();
  private final Map<Long, String> dropped = new HashMap<>();
  private final List<Rejection> failed = new ArrayList<>();
  private Optional<LaneVerdicts.Held> held = Optional.empty();

  // For the one who watches over the time: the event under way, and since when.
  private volatile long offset = -1;
  private volatile long begunNanos;

  /// @param overdue offsets of events that took too long before, and are not tried again
  LaneTransform(LaneKey lane, Transform way, EventWriter.Limits limits, Set<Long> overdue) {
    this.lane = lane;
    this.way = way;
    this.limits = limits;
    this.overdue = Set.copyOf(overdue);
  }

  /// Offset of the event under way; -1 before the first. Any thread.
  long offset() {
    return offset;
  }

  /// How long the event under way has taken, in nanoseconds. Any thread.
  long runningNanos() {
    return offset < 0 ? 0 : System.nanoTime() - begunNanos;
  }

  LaneVerdicts run(List<Run> runs) {
    if (!(way instanceof LeasedTransform leased)) {
      return runAll(runs);
    }
    if (!leased.lease()) {
      Run first = runs.getFirst();
      var wait =
          new LaneVerdicts.Held(
              first.offset(first.from()), "its transforms were replaced just now");
      return new LaneVerdicts(List.of(), Map.of(), List.of(), Optional.of(wait));
    }
    try {
      return runAll(runs);
    } finally {
      leased.release();
    }
  }

  private LaneVerdicts runAll(List<Run> runs) {
    for (Run run : runs) {
      transform(run);
      if (held.isPresent()) {
        break;
      }
    }
    return new LaneVerdicts(out, dropped, failed, held);
  }

  private void transform(Run run) {
    var rewritten = new RewrittenRun(lane, run, limits);
    boolean untouched = true;
    for (int i = run.from(); i < run.to() && held.isEmpty(); i++) {
      if (run.isLive(i)) {
        untouched &= transformOrHold(run, i, rewritten);
      }
    }
    if (untouched && held.isEmpty()) {
      out.add(run);
    } else {
      out.addAll(rewritten.finish());
    }
  }

  /// **A bug of ours beside the transform holds up this tenant, and no other.**
  ///
  /// @return whether it goes on as it was
  private boolean transformOrHold(Run run, int i, RewrittenRun rewritten) {
    try {
      return transform(run, i, rewritten);
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "a bug met an event on its way through the transforms", e);
      held =
          Optional.of(
              new LaneVerdicts.Held(
                  run.offset(i), "a bug of PulseGate: " + e.getClass().getName()));
      return false;
    }
  }

  private boolean transform(Run run, int i, RewrittenRun rewritten) {
    long at = run.offset(i);
    begunNanos = System.nanoTime();
    offset = at;
    if (overdue.contains(at)) {
      failed.add(
          new Rejection(
              at, "transform_timeout", "its transforms did not come to an end with it in time"));
      return false;
    }
    Event received = Event.of(run.block(), i, lane.tenant(), run.receivedAtMicros());
    byte[] payload = received.payload().getBytes(UTF_8);
    var event =
        new TransformEvent(
            received,
            received.eventType(),
            (JsonObject) JsonValue.parse(payload, 0, payload.length, ACCEPTED),
            received.partitionKey());
    switch (verdict(event)) {
      case Keep(TransformEvent kept) -> {
        // The same instance: nothing of it was changed.
        boolean unchanged = isSame(kept, event);
        reject(at, unchanged ? rewritten.keep(i) : rewritten.add(i, received, kept));
        return unchanged;
      }
      case Split(List<TransformEvent> parts) -> reject(at, rewritten.addParts(i, received, parts));
      case Drop(String reason) -> dropped.put(at, shortened(reason, DROP_REASON_CHARS_MAX));
      case Fail(String code, String reason, boolean retryable) -> {
        String why = shortened(reason, REASON_CHARS_MAX);
        if (retryable) {
          held = Optional.of(new LaneVerdicts.Held(at, code + ": " + why));
        } else {
          failed.add(new Rejection(at, shortened(code, DROP_REASON_CHARS_MAX), why));
        }
      }
    }
    return false;
  }

  /// What the transforms say, whatever they do. What compilers hold for impossible is possible
  /// here: a plugin may be compiled without our annotations.
  @SuppressWarnings("NullAway") // an answer from elsewhere may be null
  private Verdict verdict(TransformEvent event) {
    try {
      Verdict verdict = way.apply(event);
      boolean complete =
          switch (verdict) {
            case null -> false;
            case Keep(TransformEvent kept) -> kept != null;
            case Split(List<TransformEvent> parts) -> parts != null;
            case Drop(String reason) -> reason != null;
            case Fail(String code, String reason, boolean _) -> code != null && reason != null;
          };
      return complete ? verdict : new Fail("transform_threw", "it answered nothing", false);
    } catch (RuntimeException | StackOverflowError e) {
      return new Fail("transform_threw", "it threw " + e.getClass().getName(), false);
    } catch (Error e) {
      return new Fail("transform_threw", "it threw " + e.getClass().getName(), true);
    }
  }

  @SuppressWarnings("ReferenceEquality") // comparing deep values costs more than writing them anew
  private static boolean isSame(TransformEvent kept, TransformEvent event) {
    return kept == event;
  }

  private static String shortened(String text, int charsMax) {
    return text.length() <= charsMax ? text : text.substring(0, charsMax);
  }

  private void reject(long at, Optional<Refusal> refusal) {
    refusal.ifPresent(each ->
        failed.add(
            new Rejection(
                at, "transform_output", "what the transform made is refused: " + each.reason())));
  }
}
