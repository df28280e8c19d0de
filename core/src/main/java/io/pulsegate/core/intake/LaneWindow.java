package io.pulsegate.core.intake;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The keys held for one lane: generations, newest first, dropped whole from the oldest end.
final class LaneWindow {
  /// Slots of the smallest generation.
  static final int SLOTS_MIN = 64;

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

  /// Fetches from memory what [#find] will look at.
  long touch(long high) {
    long touched = 0;
    for (KeyTable generation : generations) {
      touched += generation.touch(high);
    }
    return touched;
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

  /// Gives up what is oldest: a generation; of the last one its older half, so that the window
  /// shrinks and is never empty at once.
  void giveUpOldest() {
    KeyTable oldest = generations.pollLast();
    if (oldest != null && generations.isEmpty() && oldest.slots() > SLOTS_MIN) {
      generations.add(oldest.newerHalf());
    }
  }

  int size() {
    int size = 0;
    for (KeyTable generation : generations) {
      size += generation.size();
    }
    return size;
  }

  long bytes() {
    long bytes = 0;
    for (KeyTable generation : generations) {
      bytes += generation.bytes();
    }
    return bytes;
  }

  /// The window reaches back to here, or not quite where half a generation was given up.
  long firstOffset() {
    KeyTable oldest = generations.peekLast();
    return oldest == null ? Long.MAX_VALUE : oldest.firstOffset;
  }
}
