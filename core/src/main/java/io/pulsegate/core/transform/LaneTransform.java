package io.pulsegate.core.transform;

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
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Takes one tenant's runs through its way to a sink. Used once, by one thread.
///
/// An [Error] holds the tenant up, since it may be about anything.
final class LaneTransform {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");

  private final LaneKey lane;
  private final Transform way;
  private final EventWriter.Limits limits;
  private final List<Run> out = new ArrayList<>();
  private final Map<Long, String> dropped = new HashMap<>();
  private final List<Rejection> failed = new ArrayList<>();
  private Optional<LaneVerdicts.Held> held = Optional.empty();

  LaneTransform(LaneKey lane, Transform way, EventWriter.Limits limits) {
    this.lane = lane;
    this.way = way;
    this.limits = limits;
  }

  LaneVerdicts run(List<Run> runs) {
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
    long offset = run.offset(i);
    Event received = Event.of(run.block(), i, lane.tenant(), run.receivedAtMicros());
    var event =
        new TransformEvent(
            received,
            received.eventType(),
            (JsonObject) JsonValue.parse(received.payload()),
            received.partitionKey());
    Verdict verdict;
    try {
      verdict = way.apply(event);
    } catch (Error e) {
      verdict = new Fail("transform_threw", "it threw " + e.getClass().getName(), true);
    }
    switch (verdict) {
      case Keep(TransformEvent kept) -> {
        boolean unchanged = kept.equals(event);
        Optional<Refusal> refusal = unchanged ? rewritten.keep(i) : rewritten.add(i, kept);
        refusal.ifPresent(each -> reject(offset, each));
        return unchanged;
      }
      case Split(List<TransformEvent> parts) -> {
        rewritten.addParts(i, parts).ifPresent(each -> reject(offset, each));
      }
      case Drop(String reason) -> dropped.put(offset, reason);
      case Fail(String code, String reason, boolean retryable) -> {
        if (retryable) {
          held = Optional.of(new LaneVerdicts.Held(offset, code + ": " + reason));
        } else {
          failed.add(new Rejection(offset, code, reason));
        }
      }
    }
    return false;
  }

  private void reject(long offset, Refusal refusal) {
    failed.add(
        new Rejection(
            offset, "transform_output", "what the transform made is refused: " + refusal.reason()));
  }
}
