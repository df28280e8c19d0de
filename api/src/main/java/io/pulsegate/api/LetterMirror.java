package io.pulsegate.api;

import java.util.List;
import java.util.Optional;

/// A sink that can also take copies of dead letters, such as into a topic of their own. The letters
/// themselves stay where they are kept.
public interface LetterMirror {
  /// Whether its settings ask for them.
  boolean takesLetters();

  /// Writes copies: at least once, in the order of their ids. Called from one thread at a time,
  /// which is another than that of [Sink#write].
  ///
  /// @return why they are not all there; the same ones come again
  Optional<WriteResult.Unavailable> mirror(List<LetterCopy> letters) throws InterruptedException;
}
