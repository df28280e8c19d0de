package io.pulsegate.core.delivery;

import io.pulsegate.core.DeliveryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Lets so many sinks be written to at a time, first come first served. **A write that has waited
/// for a second goes ahead all the same**: a sink that hangs holds up no other. Any thread.
final class WriteGate {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Optional<Semaphore> permits;
  private final long patienceNanos;

  WriteGate(DeliveryPolicy policy) {
    this(policy, PATIENCE);
  }

  WriteGate(DeliveryPolicy policy, Duration patience) {
    this.permits =
        policy.writesMax() == DeliveryPolicy.ANY_WRITES
            ? Optional.empty()
            : Optional.of(new Semaphore(policy.writesMax(), true));
    this.patienceNanos = patience.toNanos();
  }

  <T> T pass(Callable<T> write) throws Exception {
    boolean entered =
        permits.isPresent() && permits.get().tryAcquire(patienceNanos, TimeUnit.NANOSECONDS);
    try {
      return write.call();
    } finally {
      if (entered) {
        permits.get().release();
      }
    }
  }
}
