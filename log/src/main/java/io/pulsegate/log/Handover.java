package io.pulsegate.log;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Hands appends from any thread to the committer: a lock-free stack (Treiber 1986), taken whole
/// and turned round, so that the order of pushes is the order of the log. No push succeeds after
/// [#close].
final class Handover {
  /// What is in the stack: `top` the last append pushed, or null.
  private record Closed(@Nullable PendingAppend top) {}

  /// Either a [PendingAppend], or null, or [Closed].
  private final AtomicReference<@Nullable Object> state = new AtomicReference<>();

  private volatile @Nullable Thread committer;

  /// False when it is closed.
  boolean push(PendingAppend append) {
    while (true) {
      Object seen = state.get();
      if (seen instanceof Closed) {
        return false;
      }
      append.next = (PendingAppend) seen;
      if (state.compareAndSet(seen, append)) {
        if (seen == null) {
          LockSupport.unpark(committer);
        }
        return true;
      }
    }
  }

  /// Everything pushed so far, oldest first; null when there is nothing. Committer only.
  @Nullable PendingAppend takeAll() {
    while (true) {
      Object seen = state.get();
      PendingAppend top;
      Object rest;
      if (seen instanceof Closed closed) {
        top = closed.top();
        rest = new Closed(null);
      } else {
        top = (PendingAppend) seen;
        rest = null;
      }
      if (top == null) {
        return null;
      }
      if (state.compareAndSet(seen, rest)) {
        return reversed(top);
      }
    }
  }

  private static PendingAppend reversed(PendingAppend top) {
    PendingAppend first = null;
    PendingAppend rest = top;
    while (rest != null) {
      PendingAppend next = rest.next;
      rest.next = first;
      first = rest;
      rest = next;
    }
    return first == null ? top : first;
  }

  void close() {
    while (true) {
      Object seen = state.get();
      if (seen instanceof Closed || state.compareAndSet(seen, new Closed((PendingAppend) seen))) {
        LockSupport.unpark(committer);
        return;
      }
    }
  }

  boolean isClosed() {
    return state.get() instanceof Closed;
  }

  /// Waits until there is something to take, or it is closed. Committer only.
  void await() {
    committer = Thread.currentThread();
    while (state.get() == null) {
      LockSupport.park(this);
    }
  }
}
