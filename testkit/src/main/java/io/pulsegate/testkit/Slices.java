package io.pulsegate.testkit;

import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice;
import io.pulsegate.api.Slice.Run;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Parts of slices.
final class Slices {
  private Slices() {}

  /// Offsets of the entries to be written.
  static List<Long> liveOffsets(Slice slice) {
    List<Long> offsets = new ArrayList<>();
    for (Run run : slice.runs()) {
      for (int i = run.from(); i < run.to(); i++) {
        if (run.isLive(i)) {
          offsets.add(run.offset(i));
        }
      }
    }
    return offsets;
  }

  /// The entries from an offset on; empty where none of them is live.
  static Optional<Slice> from(Slice slice, long offset) {
    return map(slice, run -> cut(run, indexOf(run, offset), run.to()));
  }

  /// The entries below an offset.
  static Optional<Slice> below(Slice slice, long offset) {
    return map(slice, run -> cut(run, run.from(), indexOf(run, offset)));
  }

  private static int indexOf(Run run, long offset) {
    return run.offsets().firstAtOrAbove(offset, run.from(), run.to());
  }

  /// All but those entries.
  static Optional<Slice> without(Slice slice, List<Rejection> rejections) {
    return map(
        slice,
        run -> {
          Set<Long> omitted = new HashSet<>(run.omitted());
          rejections.stream().map(Rejection::offset).filter(run::holds).forEach(omitted::add);
          return Optional.of(
              new Run(
                  run.block(),
                  run.offsets(),
                  run.receivedAtMicros(),
                  run.from(),
                  run.to(),
                  omitted));
        });
  }

  private static Optional<Run> cut(Run run, int from, int to) {
    return from < to
        ? Optional.of(
            new Run(run.block(), run.offsets(), run.receivedAtMicros(), from, to, run.omitted()))
        : Optional.empty();
  }

  private static Optional<Slice> map(Slice slice, Function<Run, Optional<Run>> change) {
    List<Run> runs = slice.runs().stream().flatMap(run -> change.apply(run).stream()).toList();
    if (runs.stream().mapToInt(Run::events).sum() == 0) {
      return Optional.empty();
    }
    return Optional.of(new Slice(slice.lane(), runs));
  }
}
