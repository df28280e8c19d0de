package io.pulsegate.sinks.sql;

import io.pulsegate.api.Batch;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.SliceResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Collects the events of a batch that are refused, for the answer of a sink that has committed
/// nothing of it.
public final class Rejections {
  private final Map<Long, List<Rejection>> bySlice = new HashMap<>();

  /// Refuses the event that the cursor stands on.
  public void add(EventCursor event, Rejection rejection) {
    bySlice.computeIfAbsent(event.slice().firstOffset(), _ -> new ArrayList<>()).add(rejection);
  }

  /// Whether none is refused.
  public boolean isEmpty() {
    return bySlice.isEmpty();
  }

  /// The answer.
  public Mixed of(Batch batch) {
    return new Mixed(
        batch.slices().stream()
            .map(slice ->
                new SliceResult(
                    slice.firstOffset(),
                    bySlice.getOrDefault(slice.firstOffset(), List.of()),
                    Optional.empty()))
            .toList());
  }
}
