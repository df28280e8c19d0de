package io.pulsegate.core.delivery;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Slice;
import io.pulsegate.api.Slice.Run;
import java.util.ArrayList;
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

  int events() {
    int events = 0;
    for (List<Run> runs : lanes.values()) {
      events += eventsOf(runs);
    }
    return events;
  }

  int events(LaneKey lane) {
    return eventsOf(lanes.getOrDefault(lane, List.of()));
  }

  private static int eventsOf(List<Run> runs) {
    int events = 0;
    for (Run run : runs) {
      events += run.events();
    }
    return events;
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
    var omitted = new ArrayList<>(run.omitted());
    for (int i = run.from(); i < run.to(); i++) {
      if (offsets.contains(run.firstOffset() + i)) {
        omitted.add(run.firstOffset() + i);
      }
    }
    return new Run(
        run.block(), run.firstOffset(), run.receivedAtMicros(), run.from(), run.to(), omitted);
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
      int low = Math.clamp(from - run.firstOffset(), run.from(), run.to());
      int high = Math.clamp(end - run.firstOffset(), run.from(), run.to());
      if (low < high) {
        clipped.add(
            new Run(
                run.block(), run.firstOffset(), run.receivedAtMicros(), low, high, run.omitted()));
      }
    }
    return clipped;
  }

  /// The part that ends behind the lane's live event number `events`, counted from 1.
  Stretch firstEvents(LaneKey lane, int events) {
    int left = events;
    for (Run run : lanes.getOrDefault(lane, List.of())) {
      for (int i = run.from(); i < run.to(); i++) {
        if (run.isLive(i) && --left == 0) {
          return below(run.firstOffset() + i + 1);
        }
      }
    }
    return this;
  }

  /// Live events of a lane below an offset.
  int eventsBelow(LaneKey lane, long offset) {
    return eventsOf(clip(lanes.getOrDefault(lane, List.of()), 0, offset));
  }

  /// The run that holds an entry of the lane.
  Run runOf(LaneKey lane, long offset) {
    return lanes.getOrDefault(lane, List.of()).stream()
        .filter(run ->
            offset >= run.firstOffset() + run.from() && offset < run.firstOffset() + run.to())
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "the sink named offset %d of %s, which was not in the batch"
                    .formatted(offset, lane)));
  }
}
