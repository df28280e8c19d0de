package io.pulsegate.testkit;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The contract held against a destination in memory, which keeps every promise.
class PlainSinkContractTest extends PlainSinkContract {
  private static final String POISON = "{\"poison\":true}";

  private final List<Arrival> arrivals = new ArrayList<>();
  private final Set<Long> offsets = new HashSet<>();
  private boolean down;
  private boolean stalled;
  private boolean refusing;

  @Override
  protected synchronized List<Arrival> arrived() {
    return List.copyOf(arrivals);
  }

  @Override
  protected synchronized void takeDown() {
    down = true;
  }

  @Override
  protected synchronized void bringBack() {
    down = false;
  }

  @Override
  protected void addPoison(Events events, String id) {
    events.add(id, "t", POISON);
  }

  @Override
  protected synchronized void refuseTenant() {
    refusing = true;
  }

  @Override
  protected synchronized void allowTenant() {
    refusing = false;
  }

  @Override
  protected synchronized void stall() {
    stalled = true;
  }

  @Override
  protected synchronized void resume() {
    stalled = false;
    notifyAll();
  }

  @Override
  protected Sink newSink() {
    return new Sink() {
      @Override
      public WriteResult write(Batch batch) throws InterruptedException {
        return take(batch);
      }

      @Override
      public void close() {}
    };
  }

  private synchronized WriteResult take(Batch batch) throws InterruptedException {
    if (down) {
      return new Unavailable(Cause.OUTAGE, "down", Optional.empty());
    }
    while (stalled) {
      wait();
    }
    List<SliceResult> results = batch.slices().stream().map(this::take).toList();
    boolean whole =
        results.stream()
            .allMatch(each -> each.rejections().isEmpty() && each.unavailable().isEmpty());
    return whole ? new WriteResult.Delivered() : new WriteResult.Mixed(results);
  }

  private SliceResult take(Slice slice) {
    if (refusing && slice.tenant().value().equals(REFUSED_TENANT)) {
      var no = new Unavailable(Cause.MISCONFIGURED, "403", Optional.empty());
      return new SliceResult(slice.firstOffset(), List.of(), Optional.of(no));
    }
    for (Slice.Run run : slice.runs()) {
      for (int i = run.from(); i < run.to(); i++) {
        long offset = run.offset(i);
        if (run.isLive(i) && run.block().payload(i).equals(POISON)) {
          var rejection = new Rejection(offset, "poison", "it is poison");
          return new SliceResult(offset, List.of(rejection), Optional.empty());
        }
        if (run.isLive(i) && offsets.add(offset)) {
          arrivals.add(
              new Arrival(
                  slice.tenant().value(),
                  run.block().id(i),
                  run.block().type(i),
                  run.block().payload(i)));
        }
      }
    }
    return SliceResult.delivered(slice);
  }
}
