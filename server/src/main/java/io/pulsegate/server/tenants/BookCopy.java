package io.pulsegate.server.tenants;

import java.io.IOException;
import java.util.Optional;

/// A place beside the state store for a second copy of what is known of tenants.
public interface BookCopy {
  /// What was written last; empty where nothing was.
  Optional<byte[]> read() throws IOException;

  /// Durable when it returns, and whole or not there at all.
  void write(byte[] content) throws IOException;
}
