package io.pulsegate.core;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for conditions that others bring about.
public final class Await {
  private static final long LIMIT_NANOS = 30_000_000_000L;
  private static final long LOOK_NANOS = 500_000;

  private Await() {}

  /// Looks until the condition holds; fails with the text after 30 s.
  public static void until(BooleanSupplier condition, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not reached within 30 s: " + otherwise.get());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
