package io.pulsegate.sinks.webhook;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.Slice;
import java.util.ArrayList;
import java.util.List;

/// One live event of a slice, by its place.
record Entry(EventBlock block, int index, long receivedAtMicros, long offset) {
  /// The live events of a slice, in log order.
  static List<Entry> of(Slice slice) {
    List<Entry> entries = new ArrayList<>();
    for (Slice.Run run : slice.runs()) {
      for (int i = run.from(); i < run.to(); i++) {
        if (run.isLive(i)) {
          entries.add(new Entry(run.block(), i, run.receivedAtMicros(), run.offset(i)));
        }
      }
    }
    return entries;
  }
}
