package io.pulsegate.core.delivery;

import io.pulsegate.api.LaneKey;
import io.pulsegate.core.transform.LaneVerdicts;
import java.util.Map;
import java.util.Set;

/// A stretch that has been through its tenants' transforms.
///
/// @param original as it stands in the log
/// @param out what goes on to the sink
/// @param verdicts of the lanes that have transforms
/// @param late lanes whose transforms took longer than the others can wait
record Prepared(
    Stretch original, Stretch out, Map<LaneKey, LaneVerdicts> verdicts, Set<LaneKey> late) {
  Prepared {
    verdicts = Map.copyOf(verdicts);
    late = Set.copyOf(late);
  }
}
