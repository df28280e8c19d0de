package io.pulsegate.server;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Why and when the server is to end. Any thread.
final class StopRequests {
  /// Exit codes of a process ended by a signal are this plus its number, as shells count.
  private static final int SIGNAL_EXIT = 128;

  private final AtomicReference<@Nullable StopReason> first = new AtomicReference<>();
  private final CountDownLatch requested = new CountDownLatch(1);
  private final IntConsumer halt;

  /// Why the server ends.
  sealed interface StopReason {
    /// Somebody asked.
    record Signal(int number) implements StopReason {}

    /// The log is finished; the next start recovers it.
    record LogFailed(String reason) implements StopReason {}
  }

  /// @param halt ends the process at once with that exit code
  StopRequests(IntConsumer halt) {
    this.halt = halt;
  }

  /// The first signal asks for a stop, any later one ends the process at once. What was accepted is
  /// in the log either way.
  void signal(int number) {
    if (!request(new StopReason.Signal(number))) {
      halt.accept(SIGNAL_EXIT + number);
    }
  }

  /// The log will not go on.
  void logFailed(String reason) {
    boolean _ = request(new StopReason.LogFailed(reason));
  }

  private boolean request(StopReason reason) {
    boolean isFirst = first.compareAndSet(null, reason);
    requested.countDown();
    return isFirst;
  }

  /// Waits for the first reason.
  StopReason await() throws InterruptedException {
    requested.await();
    StopReason reason = first.get();
    if (reason == null) {
      throw new IllegalStateException("the reason is set before the latch opens");
    }
    return reason;
  }
}
