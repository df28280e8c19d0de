package io.pulsegate.client;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Counts what is let go of, and tells the application's callbacks, on the sender's thread.
///
/// [#dropped] is called by any thread; a callback never runs on a thread that tracks.
final class Reporter {
  private static final System.Logger LOG = System.getLogger(PulseClient.class.getName());
  private static final int TROUBLES_MAX = 100;

  private final BiConsumer<DropReason, Long> onDrop;
  private final Consumer<PulseError> onError;
  private final Map<DropReason, LongAdder> drops = new EnumMap<>(DropReason.class);
  private final Map<DropReason, Long> reported = new EnumMap<>(DropReason.class);
  private final ConcurrentLinkedQueue<PulseError> troubles = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waitingTroubles = new AtomicInteger();
  private final AtomicBoolean pending = new AtomicBoolean();

  /// Empty functions where the application has named none: then it is logged.
  Reporter(Optional<BiConsumer<DropReason, Long>> onDrop, Optional<Consumer<PulseError>> onError) {
    this.onDrop = onDrop.orElse(Reporter::logDrop);
    this.onError = onError.orElseGet(ErrorLog::new);
    for (DropReason reason : DropReason.values()) {
      drops.put(reason, new LongAdder());
      reported.put(reason, 0L);
    }
  }

  /// @return whether the sender has to be woken to report it
  boolean dropped(DropReason reason, long events) {
    adder(reason).add(events);
    return !pending.get() && pending.compareAndSet(false, true);
  }

  /// @return whether the sender has to be woken to report it
  boolean trouble(PulseError error) {
    if (waitingTroubles.incrementAndGet() > TROUBLES_MAX) {
      waitingTroubles.decrementAndGet();
      return false;
    }
    troubles.add(error);
    return pending.compareAndSet(false, true);
  }

  Map<DropReason, Long> drops() {
    Map<DropReason, Long> counts = new EnumMap<>(DropReason.class);
    drops.forEach((reason, adder) -> {
      if (adder.sum() > 0) {
        counts.put(reason, adder.sum());
      }
    });
    return counts;
  }

  /// Tells what has not been told yet. One thread at a time.
  synchronized void report() {
    pending.set(false);
    for (PulseError error = troubles.poll(); error != null; error = troubles.poll()) {
      waitingTroubles.decrementAndGet();
      error(error);
    }
    for (DropReason reason : DropReason.values()) {
      long now = adder(reason).sum();
      long fresh = now - reported.getOrDefault(reason, 0L);
      if (fresh > 0) {
        reported.put(reason, now);
        guarded(() -> onDrop.accept(reason, fresh));
      }
    }
  }

  /// Tells it at once; the sender's thread only.
  void error(PulseError error) {
    guarded(() -> onError.accept(error));
  }

  private LongAdder adder(DropReason reason) {
    return drops.computeIfAbsent(reason, r -> new LongAdder());
  }

  /// A callback that fails must not end the sender.
  private static void guarded(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, "a callback of the PulseGate client failed", e);
    }
  }

  private static void logDrop(DropReason reason, long events) {
    LOG.log(
        System.Logger.Level.WARNING,
        "events were dropped reason={0} events={1}",
        reason,
        Long.toString(events));
  }

  /// Logs the first failure of a row, then each time their number has doubled.
  private static final class ErrorLog implements Consumer<PulseError> {
    @Override
    public void accept(PulseError error) {
      boolean rare =
          !(error instanceof PulseError.Delayed delayed)
              || Integer.bitCount(delayed.attempt()) == 1;
      if (rare) {
        LOG.log(System.Logger.Level.WARNING, error.text());
      }
    }
  }
}
