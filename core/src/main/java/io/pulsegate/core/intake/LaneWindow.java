package io.pulsegate.core.intake;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The keys held for one lane: generations, newest first, dropped whole from the oldest end.
final class LaneWindow {
  private final ArrayDeque<KeyTable> generations = new ArrayDeque<>();

  /// The checksum that came with the key, or [KeyTable#ABSENT].
  long find(long high, long low) {
    for (KeyTable generation : generations) {
      long found = generation.find(high, low);
      if (found != KeyTable.ABSENT) {
        return found;
      }
    }
    return KeyTable.ABSENT;
  }

  @Nullable KeyTable newest() {
    return generations.peekFirst();
  }

  void begin(KeyTable generation) {
    generations.addFirst(generation);
  }

  void replaceNewest(KeyTable grown) {
    generations.removeFirst();
    generations.addFirst(grown);
  }

  @Nullable KeyTable dropOldest() {
    return generations.pollLast();
  }

  long bytes() {
    long bytes = 0;
    for (KeyTable generation : generations) {
      bytes += generation.bytes();
    }
    return bytes;
  }

  /// Offset behind which the window of this lane is exact.
  long firstOffset() {
    KeyTable oldest = generations.peekLast();
    return oldest == null ? Long.MAX_VALUE : oldest.firstOffset;
  }
}
