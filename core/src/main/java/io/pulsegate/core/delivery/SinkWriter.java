package io.pulsegate.core.delivery;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorMove;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/// Writes to one sink, under its time limit, and measures. Head thread only.
final class SinkWriter {
  private final int partition;
  private final Sink sink;
  private final Place place;
  private final SinkCaller caller;
  private final WriteGate gate;
  private final HeadMeters meters;
  private final WriteSize size;

  SinkWriter(
      int partition,
      Sink sink,
      Place place,
      SinkCaller caller,
      WriteGate gate,
      HeadMeters meters,
      WriteSize size) {
    this.partition = partition;
    this.sink = sink;
    this.place = place;
    this.caller = caller;
    this.gate = gate;
    this.meters = meters;
    this.size = size;
  }

  /// Whether the last write ended in an exception; its result then says so in its reason.
  boolean threw() {
    return caller.threw();
  }

  /// A move without events goes to the sink only where the sink keeps the cursor.
  WriteResult write(List<Slice> slices, CursorRecord from, CursorRecord to, Runnable meanwhile) {
    if (slices.isEmpty() && !place.isKeptBySink()) {
      return new WriteResult.Delivered();
    }
    var batch = new Batch(partition, slices, new CursorMove(place.key(), from, to));
    var begunNanos = new AtomicLong(System.nanoTime());
    Callable<WriteResult> call =
        () ->
            gate.pass(() -> {
              begunNanos.set(System.nanoTime());
              return sink.write(batch);
            });
    WriteResult result = caller.call(call, meanwhile, unavailable -> unavailable);
    long took = System.nanoTime() - begunNanos.get();
    meters.wrote(batch.events(), took);
    if (result instanceof WriteResult.Delivered) {
      size.wrote(batch.events(), took);
    }
    return result;
  }
}
