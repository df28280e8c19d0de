package io.pulsegate.server.systems;

import io.pulsegate.api.Outcome;
import io.pulsegate.api.Served;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;

/// What one wire format brought since the start. Any thread.
final class Traffic {
  private final InstantSource clock;
  private final RateWindow rate = new RateWindow();
  private final Latencies latencies = new Latencies();
  private final LongAdder taken = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder discarded = new LongAdder();

  Traffic(InstantSource clock) {
    this.clock = clock;
  }

  /// One request that came to an outcome.
  void count(Outcome outcome, int refusedEvents, int discardedEvents, Served served) {
    if (outcome instanceof Outcome.Accepted accepted) {
      long events = (long) accepted.accepted() + accepted.duplicates().size();
      taken.add(events);
      refused.add(refusedEvents);
      discarded.add(discardedEvents);
      rate.add(served.now().getEpochSecond(), events);
      latencies.add(served.elapsed().toNanos());
    }
  }

  /// Events taken, duplicates included.
  long taken() {
    return taken.sum();
  }

  long refused() {
    return refused.sum();
  }

  /// Of the refused, those kept as dead letters.
  long discarded() {
    return discarded.sum();
  }

  double perSecond() {
    return rate.perSecond(clock.instant().getEpochSecond());
  }

  Latencies latencies() {
    return latencies;
  }
}
