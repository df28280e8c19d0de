package io.pulsegate.core.transform;

import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice.Run;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What transforms made of one tenant's part of a stretch.
///
/// @param runs what goes on to the sink
/// @param dropped reason by offset
/// @param failed entries that will never go on; their reasons
/// @param held where the tenant waits: entries from there on were not looked at
public record LaneVerdicts(
    List<Run> runs, Map<Long, String> dropped, List<Rejection> failed, Optional<Held> held) {
  /// Where and why a tenant waits.
  public record Held(long offset, String reason) {}

  public LaneVerdicts {
    runs = List.copyOf(runs);
    dropped = Map.copyOf(dropped);
    failed = List.copyOf(failed);
  }

  /// The same of the entries below an offset alone, but for the runs.
  public LaneVerdicts below(long end) {
    return new LaneVerdicts(
        runs,
        dropped.entrySet().stream()
            .filter(entry -> entry.getKey() < end)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
        failed.stream().filter(rejection -> rejection.offset() < end).toList(),
        held.filter(wait -> wait.offset() < end));
  }
}
