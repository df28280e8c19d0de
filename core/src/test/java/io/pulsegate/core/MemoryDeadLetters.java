package io.pulsegate.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Dead letters in memory, by their key; refuses while told to.
public final class MemoryDeadLetters implements DeadLetterQueue {
  /// What makes a letter one and the same.
  public record Key(String logId, int partition, long offset, int child, String sink, long run) {}

  private final Map<Key, DeadLetter> letters = new LinkedHashMap<>();
  private boolean broken;
  private int refused;

  /// Has puts fail, or succeed again.
  public synchronized void broken(boolean isBroken) {
    broken = isBroken;
  }

  @Override
  public synchronized void put(List<DeadLetter> more) {
    if (broken) {
      refused++;
      throw new DeadLetterException("the store is broken");
    }
    for (DeadLetter letter : more) {
      letters.put(
          new Key(
              letter.logId(),
              letter.partition(),
              letter.offset(),
              letter.child(),
              letter.sink(),
              letter.run()),
          letter);
    }
  }

  /// How often a put was refused.
  public synchronized int refused() {
    return refused;
  }

  /// All that are kept, in the order of their first put.
  public synchronized List<DeadLetter> all() {
    return List.copyOf(letters.values());
  }

  /// Ids of the events.
  public synchronized List<String> ids() {
    return letters.values().stream().map(letter -> letter.event().eventId()).toList();
  }
}
