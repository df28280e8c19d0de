package io.pulsegate.server.letters;

import java.io.IOException;

/// Up to which id dead letters were copied, kept durably.
public interface LetterMark {
  /// 0 where nothing was ever written.
  long read() throws IOException;

  /// Durable when it returns.
  void write(long id) throws IOException;
}
