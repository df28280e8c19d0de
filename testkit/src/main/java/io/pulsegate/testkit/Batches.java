package io.pulsegate.testkit;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorMove;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Offsets;
import io.pulsegate.api.Slice;
import io.pulsegate.testkit.Events.Frame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// Makes batches as the head makes them: frames in log order, beginning at the cursor's head.
public final class Batches {
  private Batches() {}

  /// The frames from `from.head()` on, each entry with the next offset.
  public static Batch of(CursorKey key, CursorRecord from, Frame... frames) {
    return without(key, from, Set.of(), frames);
  }

  /// The same, but for entries that were dead-lettered before, by offset.
  public static Batch without(
      CursorKey key, CursorRecord from, Set<Long> omitted, Frame... frames) {
    Map<LaneKey, List<Slice.Run>> runs = new LinkedHashMap<>();
    long offset = from.head();
    for (Frame frame : frames) {
      long first = offset;
      int count = frame.block().count();
      Set<Long> leftOut =
          omitted.stream()
              .filter(at -> at >= first && at < first + count)
              .collect(Collectors.toSet());
      runs.computeIfAbsent(frame.lane(), lane -> new ArrayList<>())
          .add(
              new Slice.Run(
                  frame.block(), Offsets.from(first), frame.receivedAtMicros(), 0, count, leftOut));
      offset += count;
    }
    List<Slice> slices =
        runs.entrySet().stream().map(lane -> new Slice(lane.getKey(), lane.getValue())).toList();
    int delivered = slices.stream().mapToInt(Slice::events).sum();
    CursorRecord to =
        new CursorRecord(
            from.fence(),
            offset,
            from.delivered() + delivered,
            from.deadLettered() + omitted.size(),
            from.dropped(),
            from.stragglers());
    return new Batch(key.partition(), slices, new CursorMove(key, from, to));
  }

  /// A batch in which whoever writes it stumbles: the place of its sixth event cannot be had.
  public static Batch broken(CursorKey key, CursorRecord from) {
    Frame frame = Events.numbered("a", "broken", 10);
    long[] places = LongStream.range(from.head(), from.head() + 10).toArray();
    Slice.Run whole =
        new Slice.Run(frame.block(), Offsets.of(places), frame.receivedAtMicros(), 0, 10, Set.of());
    Slice.Run cut =
        new Slice.Run(
            frame.block(),
            Offsets.of(Arrays.copyOf(places, 5)),
            frame.receivedAtMicros(),
            0,
            10,
            Set.of());
    var to = new CursorRecord(from.fence(), from.head() + 20, 20, 0, 0, from.stragglers());
    var slice = new Slice(frame.lane(), List.of(whole, cut, whole));
    return new Batch(key.partition(), List.of(slice), new CursorMove(key, from, to));
  }

  /// No events at all: only the cursor moves to `head`, over entries that are dropped.
  public static Batch empty(CursorKey key, CursorRecord from, long head) {
    CursorRecord to =
        new CursorRecord(
            from.fence(),
            head,
            from.delivered(),
            from.deadLettered(),
            from.dropped() + head - from.head(),
            from.stragglers());
    return new Batch(key.partition(), List.of(), new CursorMove(key, from, to));
  }
}
