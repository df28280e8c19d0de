package io.pulsegate.core.delivery;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.ReplaySpec;
import io.pulsegate.core.Route;
import io.pulsegate.core.transform.RouteCondition;
import java.util.Optional;
import java.util.function.Predicate;

/// The present rules for one sink, for those events only that a replay asks for.
final class ReplayRules implements LaneRules {
  private static final Transform GONE = _ -> new Verdict.Drop("tenant_gone");

  private final LaneRules rules;
  private final ReplaySpec spec;
  private final Predicate<LaneKey> present;
  private final Optional<Predicate<TransformEvent>> wanted;

  /// @param present whether there is such a tenant now: what others left behind goes nowhere
  ReplayRules(LaneRules rules, ReplaySpec spec, Predicate<LaneKey> present) {
    this.rules = rules;
    this.spec = spec;
    this.present = present;
    this.wanted =
        spec.condition().equals(Route.Condition.ALWAYS)
            ? Optional.empty()
            : Optional.of(new RouteCondition(spec.condition()));
  }

  /// Equal as long as what it is made of is.
  private record Wanted(Predicate<TransformEvent> condition, Optional<Transform> way)
      implements Transform {
    @Override
    public Verdict apply(TransformEvent event) {
      if (!condition.test(event)) {
        return new Verdict.Drop("not_in_replay");
      }
      return way.isPresent() ? way.get().apply(event) : new Verdict.Keep(event);
    }
  }

  @Override
  public Optional<Transform> wayOf(LaneKey lane, String cursorName) {
    if (!present.test(lane)) {
      return Optional.of(GONE);
    }
    Optional<Transform> way = rules.wayOf(lane, spec.sink());
    return wanted.isEmpty() ? way : Optional.of(new Wanted(wanted.get(), way));
  }

  @Override
  public int weightOf(LaneKey lane) {
    return rules.weightOf(lane);
  }
}
