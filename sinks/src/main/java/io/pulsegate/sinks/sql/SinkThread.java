package io.pulsegate.sinks.sql;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// The one platform thread that talks to a sink's database. It is never interrupted, as an
/// interrupt may close a socket half-way; instead the caller who is interrupted asks the database
/// to give up and waits until it has. It also keeps native calls away from virtual threads.
public final class SinkThread {
  private static final long CANCEL_EVERY_MILLIS = 250;

  private final ExecutorService executor;
  private final Runnable cancel;

  /// @param cancel makes the work that runs now end soon; any thread, any number of times
  public SinkThread(String name, Runnable cancel) {
    this.executor =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("sink-" + name).factory());
    this.cancel = cancel;
  }

  /// Runs work and waits for it.
  ///
  /// @return empty after [#close]
  /// @throws InterruptedException after the work has ended; what it did is not known
  public <T> Optional<T> call(Supplier<T> work) throws InterruptedException {
    CompletableFuture<T> done;
    try {
      done = CompletableFuture.supplyAsync(work, executor);
    } catch (RejectedExecutionException closed) {
      return Optional.empty();
    }
    try {
      return Optional.of(done.get());
    } catch (InterruptedException e) {
      endSoon(done);
      throw e;
    } catch (ExecutionException e) {
      throw unwrap(e);
    }
  }

  /// Makes running work end, then runs the last one and lets the thread go. Waits for it.
  public void close(Runnable last) {
    CompletableFuture<Void> done;
    try {
      done = CompletableFuture.runAsync(last, executor);
    } catch (RejectedExecutionException closedBefore) {
      return;
    }
    executor.shutdown();
    boolean interrupted = endSoon(done);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Cancels until the work has ended.
  ///
  /// @return whether this thread was interrupted meanwhile
  private boolean endSoon(CompletableFuture<?> done) {
    boolean interrupted = false;
    while (!done.isDone()) {
      cancel.run();
      try {
        Object _ = done.get(CANCEL_EVERY_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        // Asked again, as the first request may have come before the work could hear it.
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException ended) {
        break;
      }
    }
    return interrupted;
  }

  private static RuntimeException unwrap(ExecutionException e) {
    if (e.getCause() instanceof RuntimeException bug) {
      return bug;
    }
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return new IllegalStateException(e.getCause());
  }
}
