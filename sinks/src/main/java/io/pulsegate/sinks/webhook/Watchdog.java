package io.pulsegate.sinks.webhook;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Bounds phases of an exchange by closing its socket when the time is over: the only way to end a
/// write, or a read from somebody who sends a byte now and then. Any thread.
final class Watchdog implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;

  /// Work on a socket.
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  Watchdog(String name) {
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("sink-" + name + "-watchdog").factory());
    timer.setRemoveOnCancelPolicy(true);
  }

  /// Does the work, within the limit.
  ///
  /// @param phase for the message, as in "no answer"
  /// @throws SocketTimeoutException where the time was over
  <T> T within(String phase, Duration limit, Closeable socket, Work<T> work) throws IOException {
    var expired = new AtomicBoolean();
    ScheduledFuture<?> alarm = schedule(() -> expire(expired, socket), limit);
    try {
      return work.run();
    } catch (IOException e) {
      if (expired.get()) {
        var timeout =
            new SocketTimeoutException("%s within %d ms".formatted(phase, limit.toMillis()));
        timeout.initCause(e);
        throw timeout;
      }
      throw e;
    } finally {
      alarm.cancel(false);
    }
  }

  private ScheduledFuture<?> schedule(Runnable alarm, Duration limit) throws IOException {
    try {
      return timer.schedule(alarm, limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      throw new IOException("the sink is closed", e);
    }
  }

  private static void expire(AtomicBoolean expired, Closeable socket) {
    expired.set(true);
    try {
      socket.close();
    } catch (IOException closing) {
      // The work sees a closed socket all the same.
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
