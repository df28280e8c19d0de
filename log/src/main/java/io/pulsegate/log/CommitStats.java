package io.pulsegate.log;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;

/// Counts commits and passes them on to a listener.
final class CommitStats {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private volatile CommitListener listener = (bytes, frames, entries, nanos) -> {};

  void listener(CommitListener listener) {
    this.listener = listener;
  }

  long commits() {
    return commits.get();
  }

  long bytes() {
    return bytes.get();
  }

  void committed(int commitBytes, int frames, int entries, long syncNanos) {
    commits.incrementAndGet();
    bytes.addAndGet(commitBytes);
    try {
      listener.committed(commitBytes, frames, entries, syncNanos);
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "the commit listener failed", e);
    }
  }
}
