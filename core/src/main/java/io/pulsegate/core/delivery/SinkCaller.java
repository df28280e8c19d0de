package io.pulsegate.core.delivery;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs the calls of one sink, each on a thread of its own that is interrupted at the time limit,
/// while the caller's thread, which reads the log, never is.
///
/// Platform threads: a native driver (DuckDB) would hold the carrier of a virtual one, and there
/// are as few of these as cores.
final class SinkCaller {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final long LOOK_NANOS = 100_000_000;

  private final String name;
  private final long timeoutNanos;
  private final long graceNanos;
  private volatile boolean stopping;
  private volatile boolean leftBehind;
  private boolean threw;
  private String lastBug = "";

  SinkCaller(String name, Duration timeout, Duration grace) {
    this.name = name;
    this.timeoutNanos = timeout.toNanos();
    this.graceNanos = Math.min(grace.toNanos(), timeoutNanos);
  }

  /// From now on a call has only the grace time left.
  void stop() {
    stopping = true;
  }

  /// Whether a call did not return in spite of its interrupt.
  boolean hasLeftBehind() {
    return leftBehind;
  }

  /// Whether the last call ended in an exception that is no answer to our interrupt: a bug.
  /// Caller's thread only.
  boolean threw() {
    return threw;
  }

  /// What a call came to.
  private static final class Running<T> {
    final CountDownLatch done = new CountDownLatch(1);
    @Nullable T result;
    @Nullable Throwable failure;
  }

  /// Makes the call, and does something else meanwhile.
  ///
  /// @param unavailable what a call is that ran out of time, or threw
  /// @throws IllegalStateException when the call does not end in spite of the interrupt while we
  ///   are stopping
  <T> T call(Callable<T> call, Runnable meanwhile, Function<Unavailable, T> unavailable) {
    var running = new Running<T>();
    Thread thread =
        Thread.ofPlatform()
            .name("pulsegate-sink-" + name)
            .daemon()
            .start(() -> {
              try {
                running.result = call.call();
              } catch (Throwable failure) {
                running.failure = failure;
              } finally {
                running.done.countDown();
              }
            });
    long begun = System.nanoTime();
    boolean inTime;
    try {
      meanwhile.run();
    } finally {
      // Whatever happened: nobody else may touch the sink till the write under way returns.
      inTime = await(running, thread, begun);
    }
    return outcome(running, inTime, unavailable);
  }

  private boolean await(Running<?> running, Thread thread, long begun) {
    long stopBegun = Long.MAX_VALUE;
    boolean interrupted = false;
    while (!doneWithin(running, Math.min(LOOK_NANOS, timeoutNanos))) {
      long now = System.nanoTime();
      if (stopping && stopBegun == Long.MAX_VALUE) {
        stopBegun = now;
      }
      boolean graceOver = stopBegun != Long.MAX_VALUE && now - stopBegun >= graceNanos;
      if (!interrupted && (graceOver || now - begun >= timeoutNanos)) {
        interrupted = true;
        thread.interrupt();
      }
      if (stopBegun != Long.MAX_VALUE && now - stopBegun >= 2 * graceNanos) {
        leftBehind = true;
        throw new IllegalStateException(
            "the call does not return in spite of its interrupt; it was left behind");
      }
    }
    return !interrupted;
  }

  private static boolean doneWithin(Running<?> running, long nanos) {
    try {
      return running.done.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a thread that reads the log", e);
    }
  }

  private <T> T outcome(Running<T> running, boolean inTime, Function<Unavailable, T> unavailable) {
    threw = false;
    T result = running.result;
    if (result != null) {
      return result;
    }
    // Whatever comes of an interrupt of ours: sinks wrap it in exceptions of their own.
    if (!inTime) {
      return unavailable.apply(
          outage("no answer within %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(timeoutNanos))));
    }
    threw = true;
    String bug = "a bug: the sink threw " + running.failure;
    if (!bug.equals(lastBug)) {
      lastBug = bug;
      LOGGER.log(Level.ERROR, "sink " + name + " threw, its events wait", running.failure);
    }
    return unavailable.apply(outage(bug));
  }

  private static Unavailable outage(String reason) {
    return new Unavailable(Cause.OUTAGE, reason, Optional.empty());
  }
}
