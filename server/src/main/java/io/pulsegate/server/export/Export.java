package io.pulsegate.server.export;

import io.pulsegate.api.ObjectExport;
import io.pulsegate.api.ObjectExport.Sent;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.core.SinkStatus;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// One of the two exports: what it has stored since the start, and what waits. Any thread.
final class Export {
  private static final System.Logger LOG = System.getLogger(Export.class.getName());
  private static final Duration RUN_MAX = Duration.ofSeconds(40);
  private static final Duration CATCH_UP_MAX = Duration.ofSeconds(5);
  private static final long LOOK_NANOS = 10_000_000;

  /// Objects that are remembered, to be compared with the other export's place.
  private static final int OBJECTS_MAX = 100_000;

  /// Which of the two.
  enum Kind {
    RAW,
    PROCESSED
  }

  private final Kind kind;
  private final ObjectExport sink;
  private final Supplier<SinkStatus> status;
  private final InstantSource clock;
  private final Deque<Sent> objects = new ArrayDeque<>();
  private long objectCount;
  private long eventCount;
  private long sentEnd;

  Export(Kind kind, ObjectExport sink, Supplier<SinkStatus> status, InstantSource clock) {
    this.kind = kind;
    this.sink = sink;
    this.status = status;
    this.clock = clock;
    sink.onSent(this::sent);
  }

  /// What a run did.
  ///
  /// @param trouble why not everything is there
  record Run(long objects, long events, Optional<String> trouble) {}

  /// Figures of one moment, since the start.
  ///
  /// @param lagSeconds age of the oldest event that is in no object yet
  record Figures(
      long objects,
      long events,
      long waitingEvents,
      double lagSeconds,
      Optional<Sent> last,
      Optional<String> trouble) {}

  private void sent(Sent object) {
    synchronized (this) {
      objectCount++;
      eventCount += object.events();
      sentEnd = Math.max(sentEnd, object.last() + 1);
      objects.add(object);
      if (objects.size() > OBJECTS_MAX) {
        objects.remove();
      }
    }
    switch (kind) {
      case RAW ->
          LOG.log(
              Level.INFO,
              "Successfully uploaded {0} events to raw S3: {1} events={0} key={1}",
              Long.toString(object.events()),
              object.key());
      case PROCESSED ->
          LOG.log(
              Level.INFO,
              "Successfully uploaded {0} events for client {2} to processed S3: {1} events={0} key={1} client_id={2}",
              Long.toString(object.events()),
              object.key(),
              client(object.key()));
    }
  }

  /// `processed-events/CLIENT/…`
  private static String client(String key) {
    String[] parts = key.split("/", 3);
    return parts.length == 3 ? parts[1] : "";
  }

  /// Stores now what was accepted before the call.
  Run run() throws InterruptedException {
    Figures before = figures();
    long deadline = System.nanoTime() + CATCH_UP_MAX.toNanos();
    while (status.get().lagEvents() > 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    Optional<Unavailable> trouble = sink.sendNow(RUN_MAX);
    Figures after = figures();
    return new Run(
        after.objects() - before.objects(),
        after.events() - before.events(),
        trouble.map(Unavailable::reason));
  }

  /// The figures now.
  Figures figures() {
    SinkStatus now = status.get();
    double gathered =
        sink.gatheredSince()
            .map(since -> Duration.between(since, clock.instant()).toMillis() / 1e3)
            .orElse(0.0);
    Optional<String> trouble =
        now.state() == SinkStatus.State.RUNNING || now.state() == SinkStatus.State.STARTING
            ? Optional.empty()
            : Optional.of(now.reason());
    synchronized (this) {
      return new Figures(
          objectCount,
          eventCount,
          now.lagEvents(),
          Math.max(now.lagSeconds(), gathered),
          Optional.ofNullable(objects.peekLast()),
          trouble);
    }
  }

  /// Objects of this export, stored since the start, that hold events which the other one has not
  /// stored yet.
  synchronized long objectsBeyond(Export other) {
    long end = other.sentEnd();
    return objects.stream().filter(object -> object.last() >= end).count();
  }

  private synchronized long sentEnd() {
    return sentEnd;
  }

  /// Age of the oldest event that is in no object yet, in seconds.
  double lagSeconds() {
    return figures().lagSeconds();
  }

  ObjectExport sink() {
    return sink;
  }
}
