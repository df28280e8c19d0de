package io.pulsegate.client;

import java.io.IOException;

/// Brings a batch to the server.
interface Transport extends AutoCloseable {
  /// Sends it and waits for the reply, for a limited time.
  ///
  /// @throws IOException where no whole reply came: the events may have arrived or not
  Answer post(Batch batch) throws IOException, InterruptedException;

  /// Bytes of all bodies so far, as sent.
  long sentBytes();

  @Override
  void close();
}
