package io.pulsegate.client;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Sends what the outbox holds, oldest first, one request at a time, on a thread of its own.
///
/// A request that the server finds unacceptable as a whole is halved down to the event that it
/// means, which is refused alone. Where events are refused one after the other with nothing taken
/// between, the fault is hardly theirs one by one, and the rest of such requests is refused as they
/// are: a server that takes nothing is not asked once per event. What somebody else than the server
/// finds too large is halved too, and is kept where it is one event.
final class Sender implements Runnable {
  private static final System.Logger LOG = System.getLogger(PulseClient.class.getName());
  private static final int REFUSALS_IN_A_ROW_MAX = 3;

  private final Outbox outbox;
  private final Transport transport;
  private final Reporter reporter;
  private final Backoff backoff;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final int batchEventsMax;
  private final int batchBytesMax;
  private final Batch batch;
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private int batchEvents;
  private int refusalsInARow;
  private int attempt;

  Sender(
      Outbox outbox,
      Transport transport,
      Reporter reporter,
      Backoff backoff,
      InstantSource clock,
      RandomGenerator random,
      Outbox.Limits limits,
      WireFormat format) {
    this.outbox = outbox;
    this.transport = transport;
    this.reporter = reporter;
    this.backoff = backoff;
    this.clock = clock;
    this.random = random;
    this.batchEventsMax = limits.batchEvents();
    this.batchBytesMax = limits.batchBytes();
    this.batchEvents = batchEventsMax;
    this.batch = new Batch(format);
  }

  long requests() {
    return requests.get();
  }

  long retries() {
    return retries.get();
  }

  @Override
  public void run() {
    try {
      for (Outbox.Work work = outbox.awaitWork();
          work != Outbox.Work.STOP;
          work = outbox.awaitWork()) {
        if (work == Outbox.Work.SEND) {
          sendOnce();
        }
        reporter.report();
      }
    } catch (InterruptedException askedToStop) {
      // What was on its way is settled by nobody: it counts as not sent.
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "the sender of the PulseGate client failed", e);
      outbox.stop();
    }
  }

  private void sendOnce() throws InterruptedException {
    Verdict verdict;
    int status = 0;
    try {
      outbox.peek(batch, batchEvents, batchBytesMax);
      requests.incrementAndGet();
      if (attempt > 0) {
        retries.incrementAndGet();
      }
      Answer answer = transport.post(batch);
      status = answer.status();
      verdict = Verdict.of(answer, batch.count(), clock);
    } catch (IOException | RuntimeException | Error e) { // memory that is short for a moment, too
      verdict = new Verdict.Later(Optional.empty(), false, reason(e));
    }
    if (verdict instanceof Verdict.Decided decided) {
      decided(decided, status);
    } else if (verdict instanceof Verdict.Unacceptable unacceptable) {
      unacceptable(unacceptable, status);
    } else if (verdict instanceof Verdict.TooMuch tooMuch) {
      tooMuch(tooMuch);
    } else if (verdict instanceof Verdict.Later later) {
      later(later);
    }
  }

  private static String reason(Throwable e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }

  private void decided(Verdict.Decided decided, int status) {
    attempt = 0;
    refusalsInARow = 0;
    batchEvents = (int) Math.min(batchEventsMax, batchEvents * 2L);
    // Settled first: a callback may look at the stats, or close.
    outbox.settle(
        new Outbox.Settlement(batch.count(), decided.duplicates(), decided.rejected().size()));
    for (Verdict.Rejected rejected : decided.rejected()) {
      refused(rejected.index(), status, rejected.code(), rejected.reason());
    }
  }

  private void unacceptable(Verdict.Unacceptable verdict, int status) {
    attempt = 0;
    if (batch.count() > 1 && refusalsInARow < REFUSALS_IN_A_ROW_MAX) {
      halve();
      return;
    }
    refusalsInARow++;
    if (refusalsInARow >= REFUSALS_IN_A_ROW_MAX) {
      batchEvents = batchEventsMax;
    }
    outbox.settle(new Outbox.Settlement(batch.count(), 0, batch.count()));
    for (int i = 0; i < batch.count(); i++) {
      refused(i, status, verdict.code(), verdict.reason());
    }
  }

  private void tooMuch(Verdict.TooMuch verdict) throws InterruptedException {
    if (batch.count() > 1) {
      attempt = 0;
      halve();
    } else {
      later(verdict.alone());
    }
  }

  private void halve() {
    batchEvents = (batch.count() + 1) / 2;
  }

  private void later(Verdict.Later later) throws InterruptedException {
    attempt++;
    Duration wait = backoff.next(attempt, later.retryAfter(), random);
    reporter.report();
    reporter.error(new PulseError.Delayed(attempt, wait, later.needsPerson(), later.reason()));
    outbox.pause(wait.toNanos(), later.retryAfter().isPresent(), reporter::report);
  }

  private void refused(int index, int status, String code, String reason) {
    String event = batch.event(index);
    @Nullable Object id =
        JsonReader.object(event).map(fields -> fields.get("event_id")).orElse(null);
    reporter.error(
        new PulseError.Refused(id instanceof String text ? text : "", event, status, code, reason));
  }
}
