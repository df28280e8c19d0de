package io.pulsegate.client;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The queue between the application's threads and the sender, bounded in bytes.
///
/// [#offer] is called by any thread and holds the lock while it copies one event, no longer; it
/// never waits for room. Everything else about a taken event belongs to the sender.
final class Outbox {
  /// What came of an offer.
  enum Offer {
    TAKEN,
    FULL,
    TOO_LARGE,
    CLOSED
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition settlements = lock.newCondition();
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  private final JsonBytes scratch = new JsonBytes(1024);
  private final SegmentStore store;
  private final Envelope envelope;
  private final InstantSource clock;
  private final Limits limits;
  private final long bytesMax;

  private long taken;
  private long settled;
  private long queuedBytes;
  private long delivered;
  private long duplicates;
  private long refused;
  private long flushUpTo;
  private long oldestNanos;
  private boolean noticed;
  private boolean closed;
  private boolean stopping;
  private boolean abandoned;

  /// How much makes a batch worth sending, and how long less than that waits.
  ///
  /// @param eventBytesMax longest event taken
  record Limits(int batchEvents, int batchBytes, long flushNanos, int eventBytesMax) {}

  Outbox(SegmentStore store, Envelope envelope, InstantSource clock, Limits limits, long bytesMax) {
    this.store = store;
    this.envelope = envelope;
    this.clock = clock;
    this.limits = limits;
    this.bytesMax = bytesMax;
    segments.addAll(store.recovered());
    for (Segment segment : segments) {
      queuedBytes += segment.end() - segment.settled();
    }
    taken = store.recoveredEvents();
    oldestNanos = System.nanoTime();
  }

  Offer offer(PulseEvent event) {
    long nowMillis = clock.millis();
    lock.lock();
    try {
      if (closed) {
        return Offer.CLOSED;
      }
      envelope.write(event, nowMillis, scratch);
      int length = scratch.size();
      if (length > limits.eventBytesMax() || length > store.recordBytesMax()) {
        return Offer.TOO_LARGE;
      }
      Segment segment = segmentFor(length);
      if (segment == null) {
        return Offer.FULL;
      }
      segment.append(scratch.array(), length);
      store.appended();
      queuedBytes += Segment.recordBytes(length);
      taken++;
      wakeSender(Segment.recordBytes(length));
      return Offer.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Segment segmentFor(int length) {
    if (queuedBytes + Segment.recordBytes(length) > bytesMax) {
      return null;
    }
    Segment last = segments.peekLast();
    if (last != null && last.hasRoom(length)) {
      return last;
    }
    Segment next = store.take(length);
    if (next != null) {
      segments.add(next);
    }
    return next;
  }

  /// The sender sleeps until there is a first event, and then until a batch is full or its time has
  /// come: it need not be woken for the events between.
  private void wakeSender(int added) {
    long waiting = taken - settled;
    boolean batchIsFull =
        waiting == limits.batchEvents()
            || (queuedBytes >= limits.batchBytes() && queuedBytes - added < limits.batchBytes());
    if (waiting == 1) {
      oldestNanos = System.nanoTime();
    }
    if (waiting == 1 || batchIsFull) {
      work.signal();
    }
  }

  /// What the sender is to do.
  enum Work {
    SEND,
    REPORT,
    STOP
  }

  /// Waits until there is something to do.
  Work awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (!stopping) {
        long waiting = taken - settled;
        if (noticed) {
          noticed = false;
          return Work.REPORT;
        }
        if (waiting > 0 && isDue(waiting)) {
          return Work.SEND;
        }
        if (waiting == 0) {
          work.await();
        } else {
          long left = oldestNanos + limits.flushNanos() - System.nanoTime();
          long unused = work.awaitNanos(Math.max(left, 1));
        }
      }
      return Work.STOP;
    } finally {
      lock.unlock();
    }
  }

  private boolean isDue(long waiting) {
    return waiting >= limits.batchEvents()
        || queuedBytes >= limits.batchBytes()
        || flushUpTo > settled
        || System.nanoTime() - oldestNanos >= limits.flushNanos();
  }

  /// Waits before another try. Ends early where the sender is to stop and, unless the server has
  /// named the time, where somebody flushes or closes meanwhile.
  ///
  /// @param report reports what has happened meanwhile
  void pause(long nanos, boolean asServerSaid, Runnable report) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    lock.lock();
    try {
      long flushAtStart = flushUpTo;
      for (long left = nanos; left > 0; left = deadline - System.nanoTime()) {
        if (stopping || (!asServerSaid && flushUpTo != flushAtStart)) {
          return;
        }
        long unused = work.awaitNanos(left);
        if (noticed) {
          noticed = false;
          lock.unlock();
          try {
            report.run();
          } finally {
            lock.lock();
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// Something is to be reported: wakes the sender.
  void notice() {
    lock.lock();
    try {
      noticed = true;
      work.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Copies the oldest events.
  void peek(Batch batch, int eventsMax, int bytesLimit) {
    batch.clear();
    fill(batch, eventsMax, bytesLimit);
    batch.end();
  }

  private void fill(Batch batch, int eventsMax, int bytesLimit) {
    for (Stretch stretch : stretches(bytesLimit)) {
      int at = stretch.segment().settled();
      while (at < stretch.end()) {
        int length = stretch.segment().lengthAt(at);
        boolean full =
            batch.count() == eventsMax
                || (batch.count() > 0 && batch.size() + length + 1 > bytesLimit);
        if (full) {
          return;
        }
        batch.add(stretch.segment(), at);
        at += Segment.recordBytes(length);
      }
    }
  }

  private record Stretch(Segment segment, int end) {}

  private List<Stretch> stretches(int bytesLimit) {
    List<Stretch> stretches = new ArrayList<>();
    long bytes = 0;
    lock.lock();
    try {
      for (Segment segment : segments) {
        stretches.add(new Stretch(segment, segment.end()));
        bytes += segment.end() - segment.settled();
        if (bytes > bytesLimit) {
          break;
        }
      }
    } finally {
      lock.unlock();
    }
    return stretches;
  }

  /// What became of the oldest events.
  record Settlement(int events, int duplicates, int refused) {}

  /// The oldest events need no further sending.
  void settle(Settlement settlement) {
    lock.lock();
    try {
      if (abandoned) { // counted as not sent before: close could not wait for this reply
        return;
      }
      for (int left = settlement.events(); left > 0; left--) {
        Segment segment = segments.element();
        while (segment.settled() == segment.end()) {
          segments.remove();
          store.release(segment);
          segment = segments.element();
        }
        int bytes = Segment.recordBytes(segment.lengthAt(segment.settled()));
        segment.settled(segment.settled() + bytes);
        queuedBytes -= bytes;
      }
      releaseSettled();
      settled += settlement.events();
      refused += settlement.refused();
      duplicates += settlement.duplicates();
      delivered += settlement.events() - settlement.refused();
      oldestNanos = System.nanoTime();
      settlements.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void releaseSettled() {
    Segment oldest = segments.element();
    store.settled(oldest);
    while (segments.size() > 1 && oldest.settled() == oldest.end()) {
      segments.remove();
      store.release(oldest);
      oldest = segments.element();
    }
    if (store.canRewind() && oldest.settled() == oldest.end()) {
      oldest.rewind();
    }
  }

  /// Has everything sent that was taken so far, and waits for it.
  ///
  /// @return whether all of it was settled in time
  boolean flush(long limitNanos, boolean closing) throws InterruptedException {
    long deadline = System.nanoTime() + limitNanos;
    lock.lock();
    try {
      closed |= closing;
      long upTo = taken;
      flushUpTo = Math.max(flushUpTo, upTo);
      work.signal();
      while (settled < upTo && !stopping) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        long unused = settlements.awaitNanos(left);
      }
      return settled >= upTo;
    } finally {
      lock.unlock();
    }
  }

  /// Has the sender end.
  void stop() {
    lock.lock();
    try {
      closed = true;
      stopping = true;
      work.signalAll();
      settlements.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// After the sender has ended: lets go of what waits, unless the store keeps it.
  ///
  /// @return how many events that were
  long abandon() {
    lock.lock();
    try {
      if (store.survivesClose()) {
        abandoned = true;
        return 0;
      }
      long unsent = taken - settled;
      abandoned = true;
      settled = taken;
      queuedBytes = 0;
      segments.clear();
      return unsent;
    } finally {
      lock.unlock();
    }
  }

  /// A consistent look.
  Count count() {
    lock.lock();
    try {
      return new Count(
          taken - store.recoveredEvents(),
          taken - settled,
          queuedBytes,
          delivered,
          duplicates,
          refused);
    } finally {
      lock.unlock();
    }
  }

  record Count(
      long taken, long queued, long queuedBytes, long delivered, long duplicates, long refused) {}
}
