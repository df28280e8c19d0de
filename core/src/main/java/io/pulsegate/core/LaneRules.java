package io.pulsegate.core;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Transform;
import java.util.Optional;

/// What is configured now of how tenants' events are delivered. Asked at every turn, so that a
/// change takes effect without a restart. Any thread.
public interface LaneRules {
  /// Everything goes to every sink as it was accepted, tenants weigh the same.
  LaneRules NONE = (_, _) -> Optional.empty();

  /// What the tenant's events go through on their way to the sink; empty where they go there as
  /// they were accepted. The same object as long as nothing of it was changed.
  Optional<Transform> wayOf(LaneKey lane, String sink);

  /// The same rules for another reader of the log: with transforms of its own, as those of one way
  /// are called from one thread at a time.
  default LaneRules separate() {
    return this;
  }

  /// The tenant's share of a sink that cannot keep step, relative to the others'; at least 1.
  default int weightOf(LaneKey lane) {
    return 1;
  }

  /// Whether the tenant's events wait behind one that the sink will never take, instead of it
  /// becoming a dead letter: for those to whom order is worth more than progress.
  default boolean haltsOnPoison(LaneKey lane, String sink) {
    return false;
  }
}
