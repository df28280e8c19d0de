package io.pulsegate.core.delivery;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/// Whose turn it is, among the head and the stragglers: deficit round robin, with the time a turn
/// takes as its cost (Shreedhar and Varghese, "Efficient Fair Queueing Using Deficit Round Robin",
/// 1995). Head thread only.
///
/// Credit is not saved up by those who have nothing to do.
final class TurnOrder {
  static final long QUANTUM_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private int at;

  /// The next one of those that are ready; empty where none is.
  ///
  /// @param all in an order that stays the same
  /// @param weight at least 1
  Optional<Source> next(List<Source> all, Predicate<Source> ready, ToIntFunction<Source> weight) {
    boolean anyReady = false;
    for (Source source : all) {
      if (ready.test(source)) {
        anyReady = true;
      } else {
        source.creditNanos = Math.min(source.creditNanos, 0);
      }
    }
    while (anyReady) {
      for (int i = 0; i < all.size(); i++) {
        int index = (at + i) % all.size();
        Source source = all.get(index);
        if (ready.test(source) && source.creditNanos > 0) {
          at = index;
          return Optional.of(source);
        }
      }
      at = (at + 1) % all.size();
      all.stream()
          .filter(ready)
          .forEach(source -> source.creditNanos += QUANTUM_NANOS * weight.applyAsInt(source));
    }
    return Optional.empty();
  }
}
