package io.pulsegate.server.tenants;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// What becomes of events whose tenant is there no more, and with it the transforms that they were
/// to go through: **they go nowhere as they are**. They wait for a grace time, counted from when
/// they were received, or until a person gives them up; then they count as dropped. Events of a
/// tenant that nobody knows to have ended, as after the loss of the state store, wait for as long
/// as it takes. Any thread.
public final class Abandoned {
  private static final String REASON = "tenant_removed";

  private final Predicate<LaneKey> ended;
  private final Duration grace;
  private final InstantSource clock;
  private final Set<LaneKey> givenUp = ConcurrentHashMap.newKeySet();
  private final Map<LaneKey, Transform> ways = new ConcurrentHashMap<>();

  /// @param ended whether the tenant is known to be no more
  /// @param givenUp those whose events were given up before
  public Abandoned(
      Predicate<LaneKey> ended, Duration grace, InstantSource clock, Collection<LaneKey> givenUp) {
    this.ended = ended;
    this.grace = grace;
    this.clock = clock;
    this.givenUp.addAll(givenUp);
  }

  /// Gives up what waits.
  public void giveUp(LaneKey lane) {
    boolean _ = givenUp.add(lane);
  }

  /// The only way that the tenant's events may go.
  Transform wayOf(LaneKey lane) {
    return ways.computeIfAbsent(lane, _ -> event -> verdict(lane, event));
  }

  private Verdict verdict(LaneKey lane, TransformEvent event) {
    if (givenUp.contains(lane)) {
      return new Verdict.Drop(REASON);
    }
    if (!ended.test(lane)) {
      return new Verdict.Fail(REASON, "its tenant is not known, nor known to have ended", true);
    }
    if (event.received().receivedAt().plus(grace).isAfter(clock.instant())) {
      String why =
          "its tenant is no more; its events wait for %s, or until they are given up: pulsegate orphans drop %s"
              .formatted(grace, lane.tenant());
      return new Verdict.Fail(REASON, why, true);
    }
    return new Verdict.Drop(REASON);
  }
}
