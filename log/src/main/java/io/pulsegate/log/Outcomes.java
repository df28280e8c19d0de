package io.pulsegate.log;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicLong;

/// Tells appends how they ended, each once, and keeps count of what is pending. What a caller's
/// code throws, errors included, is logged and harms nobody else: every other append is still told.
final class Outcomes {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private final AtomicLong pendingBytes = new AtomicLong();

  long pendingBytes() {
    return pendingBytes.get();
  }

  /// Counts an append as pending; returns how much is, with it.
  long enter(int frameBytes) {
    return pendingBytes.addAndGet(frameBytes);
  }

  /// Refuses an append that was counted and did not get through to the committer.
  void refuse(Append append, int frameBytes, Refusal reason) {
    pendingBytes.addAndGet(-frameBytes);
    append.refused(reason);
  }

  /// Completes a chain of appends: all are durable. Room is given back first, because those who are
  /// told often append again at once.
  void complete(PendingAppend first, long receivedMicros) {
    giveBack(first);
    for (PendingAppend p = first; p != null; p = p.next) {
      if (!p.settled) {
        p.settled = true;
        try {
          p.append.durable(p.firstOffset, receivedMicros);
        } catch (RuntimeException | Error e) {
          LOGGER.log(Level.ERROR, "durable() of an append failed; its frame is stored", e);
        }
      }
    }
  }

  /// Refuses a chain of appends, but for those that have been told already.
  void refuse(PendingAppend first, Refusal reason) {
    giveBack(first);
    for (PendingAppend p = first; p != null; p = p.next) {
      settleRefused(p, reason);
    }
  }

  /// Tells one append of a chain, whose room is given back with the chain.
  void settleRefused(PendingAppend pending, Refusal reason) {
    if (!pending.settled) {
      pending.settled = true;
      try {
        pending.append.refused(reason);
      } catch (RuntimeException | Error e) {
        LOGGER.log(Level.ERROR, "refused() of an append failed", e);
      }
    }
  }

  private void giveBack(PendingAppend first) {
    long bytes = 0;
    for (PendingAppend p = first; p != null; p = p.next) {
      bytes += p.frameBytes;
    }
    pendingBytes.addAndGet(-bytes);
  }
}
