package io.pulsegate.core;

import java.util.List;

/// Where dead letters are kept. Any thread.
public interface DeadLetterQueue {
  /// Keeps them; they are durable when it returns. A letter with the key of an earlier one replaces
  /// it. May block.
  ///
  /// @throws DeadLetterException when they could not be kept; the caller waits and comes again
  void put(List<DeadLetter> letters);
}
