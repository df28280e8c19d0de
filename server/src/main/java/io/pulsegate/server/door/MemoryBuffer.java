package io.pulsegate.server.door;

import io.pulsegate.api.Acceptor;
import io.pulsegate.api.Durability;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.CoreMetric;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Level memory as PulseMetrics means it: answered at once, at most so many events between the
/// answer and the disk, and what does not fit is dropped and counted, never the request.
///
/// The events take the same way into the log as all others; only the answer is early.
public final class MemoryBuffer implements Acceptor {
  private final Acceptor intake;
  private final Semaphore room;
  private final Metrics.Counter full;
  private final Metrics.Counter refused;

  public MemoryBuffer(Acceptor intake, int eventsMax, Metrics metrics) {
    this.intake = intake;
    this.room = new Semaphore(eventsMax);
    this.full = metrics.counter(CoreMetric.EVENTS_DROPPED, "intake", "buffer_full");
    this.refused = metrics.counter(CoreMetric.EVENTS_DROPPED, "intake", "refused_after_reply");
  }

  @Override
  public void accept(Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done) {
    int events = blocks.stream().mapToInt(EventBlock::count).sum();
    boolean fits = room.tryAcquire(events);
    done.accept(
        new Outcome.Accepted(Durability.MEMORY, fits ? events : 0, List.of(), List.of(), 0, -1));
    if (!fits) {
      full.add(events);
      return;
    }
    intake.accept(
        new Tenant(tenant.lane(), Durability.DISK),
        blocks,
        outcome -> {
          room.release(events);
          if (outcome instanceof Outcome.Denied) {
            refused.add(events);
          }
        });
  }
}
