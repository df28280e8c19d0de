package io.pulsegate.core.delivery;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Slice;
import io.pulsegate.api.Slice.Run;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// A piece of the log on its way to a sink: all entries of its lanes in `[from, end)`. Lanes
/// without a live event are left out of it. Immutable.
record Stretch(long from, long end, Map<LaneKey, List<Run>> lanes) {

  /// The runs of each lane, in log order; those without a live event are left out.
  static Stretch of(long from, long end, Map<LaneKey, List<Run>> runs) {
    var live = new LinkedHashMap<LaneKey, List<Run>>();
    runs.forEach((lane, all) -> {
      List<Run> kept = all.stream().filter(run -> run.events() > 0).toList();
      if (!kept.isEmpty()) {
        live.put(lane, kept);
      }
    });
    return new Stretch(from, end, live);
  }

  /// Entries of the log with a live event: what is counted.
  int entries() {
    int entries = 0;
    for (List<Run> runs : lanes.values()) {
      entries += entriesOf(runs);
    }
    return entries;
  }

  int entries(LaneKey lane) {
    return entriesOf(lanes.getOrDefault(lane, List.of()));
  }

  private static int entriesOf(List<Run> runs) {
    int entries = 0;
    for (Run run : runs) {
      entries += run.entries();
    }
    return entries;
  }

  List<Slice> slices() {
    return lanes.entrySet().stream().map(e -> new Slice(e.getKey(), e.getValue())).toList();
  }

  /// The same stretch with only some of its lanes.
  Stretch only(Predicate<LaneKey> wanted) {
    var kept = new LinkedHashMap<LaneKey, List<Run>>();
    lanes.forEach((lane, runs) -> {
      if (wanted.test(lane)) {
        kept.put(lane, runs);
      }
    });
    return new Stretch(from, end, kept);
  }

  /// The same stretch without these entries of a lane.
  Stretch without(LaneKey lane, Set<Long> offsets) {
    return with(
        lane, lanes.getOrDefault(lane, List.of()).stream().map(run -> omit(run, offsets)).toList());
  }

  private static Run omit(Run run, Set<Long> offsets) {
    var omitted = new HashSet<>(run.omitted());
    for (int i = run.from(); i < run.to(); i++) {
      if (offsets.contains(run.offset(i))) {
        omitted.add(run.offset(i));
      }
    }
    return new Run(
        run.block(), run.offsets(), run.receivedAtMicros(), run.from(), run.to(), omitted);
  }

  /// The same stretch without what a lane has below the offset.
  Stretch withoutBelow(LaneKey lane, long offset) {
    return with(lane, clip(lanes.getOrDefault(lane, List.of()), offset, Long.MAX_VALUE));
  }

  private Stretch with(LaneKey lane, List<Run> runs) {
    var changed = new LinkedHashMap<>(lanes);
    changed.put(lane, runs);
    return of(from, end, changed);
  }

  /// The part below the offset.
  Stretch below(long newEnd) {
    if (newEnd >= end) {
      return this;
    }
    var clipped = new LinkedHashMap<LaneKey, List<Run>>();
    lanes.forEach((lane, runs) -> clipped.put(lane, clip(runs, 0, newEnd)));
    return of(from, newEnd, clipped);
  }

  private static List<Run> clip(List<Run> runs, long from, long end) {
    var clipped = new ArrayList<Run>();
    for (Run run : runs) {
      int low = run.offsets().firstAtOrAbove(from, run.from(), run.to());
      int high = run.offsets().firstAtOrAbove(end, run.from(), run.to());
      if (low < high) {
        clipped.add(
            new Run(run.block(), run.offsets(), run.receivedAtMicros(), low, high, run.omitted()));
      }
    }
    return clipped;
  }

  /// The part that ends behind the lane's live entry number `entries`, counted from 1.
  Stretch firstEntries(LaneKey lane, int entries) {
    int left = entries;
    long last = -1;
    for (Run run : lanes.getOrDefault(lane, List.of())) {
      for (int i = run.from(); i < run.to(); i++) {
        if (run.isLive(i) && run.offset(i) != last) {
          last = run.offset(i);
          if (--left == 0) {
            return below(last + 1);
          }
        }
      }
    }
    return this;
  }

  /// Live entries of a lane below an offset.
  int entriesBelow(LaneKey lane, long offset) {
    return entriesOf(clip(lanes.getOrDefault(lane, List.of()), 0, offset));
  }

  /// The run that holds an entry of the lane.
  Run runOf(LaneKey lane, long offset) {
    return lanes.getOrDefault(lane, List.of()).stream()
        .filter(run -> run.holds(offset))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "the sink named offset %d of %s, which was not in the batch"
                    .formatted(offset, lane)));
  }
}
