package io.pulsegate.embedded;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Event;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Hands a batch to a handler, event by event; ends a slice at the first that it does not take.
final class HandlerSink implements Sink {
  private static final Optional<WriteResult.Unavailable> STOPPING =
      Optional.of(
          new WriteResult.Unavailable(
              WriteResult.Cause.OUTAGE, "the gate is closing", Optional.empty()));

  private static final int REASON_MAX = 300;

  private final EventHandler handler;
  private Optional<Thread> running = Optional.empty(); // guarded by this
  private boolean stopping; // guarded by this

  HandlerSink(EventHandler handler) {
    this.handler = handler;
  }

  /// Ends the call under way: its event, and what is behind it, comes after the next start.
  synchronized void stop() {
    stopping = true;
    running.ifPresent(Thread::interrupt);
  }

  @Override
  public WriteResult write(Batch batch) throws InterruptedException {
    begin();
    try {
      List<WriteResult.SliceResult> results = new ArrayList<>();
      boolean whole = true;
      for (Slice slice : batch.slices()) {
        WriteResult.SliceResult result = write(slice);
        results.add(result);
        whole &= result.deliveredEnd() == slice.endOffset();
      }
      return whole ? new WriteResult.Delivered() : new WriteResult.Mixed(results);
    } finally {
      end();
    }
  }

  private synchronized void begin() {
    running = Optional.of(Thread.currentThread());
  }

  private synchronized void end() {
    running = Optional.empty();
  }

  private synchronized boolean isStopping() {
    return stopping;
  }

  private WriteResult.SliceResult write(Slice slice) throws InterruptedException {
    for (Slice.Run run : slice.runs()) {
      for (int i = run.from(); i < run.to(); i++) {
        long offset = run.offset(i);
        if (run.isLive(i)) {
          Optional<WriteResult.SliceResult> end =
              handle(Event.of(run.block(), i, slice.tenant(), run.receivedAtMicros()), offset);
          if (end.isPresent()) {
            return end.get();
          }
        }
      }
    }
    return WriteResult.SliceResult.delivered(slice);
  }

  /// Empty where the handler has taken the event.
  private Optional<WriteResult.SliceResult> handle(Event event, long offset)
      throws InterruptedException {
    if (isStopping()) {
      return Optional.of(new WriteResult.SliceResult(offset, List.of(), STOPPING));
    }
    try {
      handler.handle(event);
      return Optional.empty();
    } catch (InterruptedException e) {
      if (isStopping()) {
        return Optional.of(new WriteResult.SliceResult(offset, List.of(), STOPPING));
      }
      throw e; // it took too long
    } catch (RejectedEventException e) {
      var rejection = new Rejection(offset, e.code(), String.valueOf(e.getMessage()));
      return Optional.of(new WriteResult.SliceResult(offset, List.of(rejection), Optional.empty()));
    } catch (Exception | Error e) { // whatever it is: the event comes again
      var unavailable =
          new WriteResult.Unavailable(
              WriteResult.Cause.OUTAGE,
              "the handler failed: " + oneLine(e.toString()),
              Optional.empty());
      return Optional.of(new WriteResult.SliceResult(offset, List.of(), Optional.of(unavailable)));
    }
  }

  private static String oneLine(String text) {
    String start = text.length() > REASON_MAX ? text.substring(0, REASON_MAX) + "…" : text;
    return start.replaceAll("\\p{Cntrl}", " ");
  }

  @Override
  public void close() {}
}
