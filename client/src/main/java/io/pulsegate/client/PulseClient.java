package io.pulsegate.client;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Hands events to PulseGate.
///
/// ```java
/// var pulse = PulseClient.builder("http://localhost:8080").apiKey("demo").build();
/// pulse.track(PulseEvent.of("user_sign_up").with("user_id", "u_123"));
/// pulse.close();
/// ```
///
/// One client serves a whole application; every method may be called by any thread. [#track] never
/// waits for the network, a disk or room in the queue, and never throws. What becomes of each event
/// is in [#stats], and told to the callbacks of the builder. The client has one thread that sends
/// (one more with a spool, and those of the JDK's HTTP client); all are daemons and end with
/// [#close].
public final class PulseClient implements AutoCloseable {
  private final Outbox outbox;
  private final Sender sender;
  private final Transport transport;
  private final SegmentStore store;
  private final Reporter reporter;
  private final Duration closeLimit;
  private final Thread thread;
  private boolean closed; // guarded by closing
  private final Object closing = new Object();

  PulseClient(
      Outbox outbox,
      Sender sender,
      Transport transport,
      SegmentStore store,
      Reporter reporter,
      Duration closeLimit) {
    this.outbox = outbox;
    this.sender = sender;
    this.transport = transport;
    this.store = store;
    this.reporter = reporter;
    this.closeLimit = closeLimit;
    this.thread = new Thread(sender, "pulsegate-sender");
    thread.setDaemon(true);
    thread.start();
  }

  /// A client for a server.
  ///
  /// @param endpoint such as `https://events.example.com`; `/v1/events` is added where it is not
  ///   there
  public static PulseClientBuilder builder(String endpoint) {
    return new PulseClientBuilder(endpoint);
  }

  /// Takes an event, or says that it could not. With a spool, what was taken outlives this process.
  ///
  /// @return false where the event was dropped: the queue is full, the event too large or not
  ///   writable, or the client closed; counted, and told to `onDrop`
  public boolean track(PulseEvent event) {
    try {
      if (!event.isSound()) {
        return drop(DropReason.INVALID);
      }
      return switch (outbox.offer(event)) {
        case TAKEN -> true;
        case FULL -> drop(DropReason.QUEUE_FULL);
        case TOO_LARGE -> drop(DropReason.TOO_LARGE);
        case CLOSED -> drop(DropReason.CLOSED);
      };
    } catch (RuntimeException | Error e) { // whatever it is: the application is not to suffer
      return drop(DropReason.INVALID);
    }
  }

  /// An event of a kind, with fields.
  public boolean track(String type, Map<String, ?> fields) {
    return trackMade(() -> PulseEvent.of(type, fields));
  }

  /// A call of an API, as the Kaasino client records it.
  public boolean trackApi(ApiCall call) {
    return trackMade(() -> call.event());
  }

  /// A transaction with a payment provider, as the Kaasino client records it.
  public boolean trackPsp(PspTransaction transaction) {
    return trackMade(() -> transaction.event());
  }

  private boolean trackMade(Supplier<PulseEvent> event) {
    try {
      return track(event.get());
    } catch (RuntimeException | Error e) { // a null where none may be, for example
      return drop(DropReason.INVALID);
    }
  }

  private boolean drop(DropReason reason) {
    if (reporter.dropped(reason, 1)) {
      outbox.notice();
    }
    return false;
  }

  /// Sends what was tracked before, and waits for it. An interrupt ends the wait and stays set. A
  /// callback does not wait: it runs on the thread that sends.
  ///
  /// @return whether the server has decided on all of it within the limit
  public boolean flush(Duration limit) {
    return flush(limit, false);
  }

  private boolean flush(Duration limit, boolean toClose) {
    try {
      boolean inCallback = Thread.currentThread().equals(thread);
      return outbox.flush(inCallback ? 0 : TimeUnit.NANOSECONDS.convert(limit), toClose);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Closes with the limit that the builder was given.
  @Override
  public void close() {
    boolean unused = close(closeLimit);
  }

  /// Takes no more events, sends those that wait, and ends all threads. What is left when the limit
  /// has passed stays in the spool, or is dropped where there is none. A second call does nothing.
  ///
  /// @return whether the server has decided on everything
  public boolean close(Duration limit) {
    synchronized (closing) {
      if (closed) {
        return outbox.count().queued() == 0;
      }
      closed = true;
      boolean flushed = flush(limit, true);
      outbox.stop();
      if (!Thread.currentThread().equals(thread)) { // a callback may close
        thread.interrupt();
        join();
      }
      long abandoned = outbox.abandon();
      if (abandoned > 0) {
        boolean unused = reporter.dropped(DropReason.UNSENT_AT_CLOSE, abandoned);
      }
      transport.close();
      store.close();
      reporter.report();
      return flushed;
    }
  }

  /// A callback that does not return must not hold the application.
  private void join() {
    try {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What became of every event so far.
  public PulseStats stats() {
    Map<DropReason, Long> drops = reporter.drops();
    Outbox.Count count = outbox.count();
    long atTheDoor =
        drops.values().stream().mapToLong(Long::longValue).sum()
            - drops.getOrDefault(DropReason.UNSENT_AT_CLOSE, 0L);
    return new PulseStats(
        count.taken() + atTheDoor,
        store.recoveredEvents(),
        count.delivered(),
        count.duplicates(),
        count.refused(),
        drops,
        count.queued(),
        count.queuedBytes(),
        sender.requests(),
        sender.retries(),
        transport.sentBytes(),
        store.damagedBytes());
  }
}
