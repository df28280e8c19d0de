package io.pulsegate.server.door;

import io.pulsegate.api.Discarded;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventWriter.HashKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.SipHash128;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.DeadLetterException;
import io.pulsegate.core.DeadLetterQueue;
import io.pulsegate.core.TenantLabels;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/// Keeps what is turned away at the door as dead letters: one thread, one commit for all who wait.
///
/// Such a letter has no position: its partition is [#NO_PARTITION], and in place of offset and run
/// stands a keyed hash of tenant and event, so that the same event sent again replaces its letter.
///
/// The thread outlives a fault in the queue and in what a waiting request does when it is told: one
/// request's fault is not the next one's.
public final class Clerk implements AutoCloseable {
  /// Stands where an event never reached the log.
  public static final int NO_PARTITION = -1;

  private static final System.Logger LOG = System.getLogger(Clerk.class.getName());
  private static final int WAITING_MAX = 1_024;
  private static final int TAKEN_MAX = 256;

  /// One request's letters.
  private record Task(
      List<DeadLetter> letters, Metrics.Counter kept, Consumer<Optional<String>> done) {
    void tell(Optional<String> trouble) {
      try {
        done.accept(trouble);
      } catch (RuntimeException | Error bug) {
        LOG.log(
            System.Logger.Level.ERROR, "fault in a request whose refused events were settled", bug);
      }
    }
  }

  private final DeadLetterQueue queue;
  private final HashKey key;
  private final TenantLabels labels = new TenantLabels();
  private final Metrics metrics;
  private final InstantSource clock;
  private final BlockingQueue<Task> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread;

  public Clerk(DeadLetterQueue queue, HashKey key, Metrics metrics, InstantSource clock) {
    this.queue = queue;
    this.key = key;
    this.metrics = metrics;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("door-clerk").start(this::work);
  }

  /// See [io.pulsegate.api.Doorkeeper#keep].
  void keep(
      Tenant tenant,
      Source source,
      String dialect,
      List<Discarded> events,
      Consumer<Optional<String>> done) {
    Instant now = clock.instant();
    List<DeadLetter> letters =
        events.stream().map(event -> letter(tenant, source, dialect, event, now)).toList();
    Metrics.Counter kept = metrics.counter(CoreMetric.DLQ_EVENTS, "intake", labels.of(tenant.id()));
    if (!waiting.offer(new Task(letters, kept, done))) {
      done.accept(Optional.of("more refused events wait to be kept than may"));
    }
  }

  private DeadLetter letter(
      Tenant tenant, Source source, String dialect, Discarded event, Instant now) {
    SipHash128 hash = new SipHash128(key.low(), key.high());
    byte[] identity =
        (tenant.lane() + "\n" + dialect + "\n" + event.payload()).getBytes(StandardCharsets.UTF_8);
    hash.hash(identity, 0, identity.length);
    return new DeadLetter(
        "",
        NO_PARTITION,
        hash.high(),
        0,
        "",
        hash.low(),
        tenant.lane(),
        new Event(
            event.eventId(),
            tenant.id(),
            event.eventType(),
            now,
            now,
            event.payload().toString(),
            source,
            dialect,
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        "intake",
        dialect,
        event.refusal().code().text(),
        event.refusal().reason(),
        1,
        now,
        now);
  }

  private void work() {
    List<Task> tasks = new ArrayList<>();
    try {
      while (true) {
        tasks.add(waiting.take());
        waiting.drainTo(tasks, TAKEN_MAX);
        keep(tasks);
        tasks.clear();
      }
    } catch (InterruptedException closed) {
      waiting.forEach(task -> task.tell(Optional.of("the server is shutting down")));
    }
  }

  private void keep(List<Task> tasks) {
    Optional<String> trouble = put(tasks);
    if (trouble.isPresent() && tasks.size() > 1) {
      // One tenant's full quota, or the fault that its letters meet, is not the others' trouble.
      tasks.forEach(task -> keep(List.of(task)));
      return;
    }
    for (Task task : tasks) {
      if (trouble.isEmpty()) {
        task.kept().add(task.letters().size());
      }
      task.tell(trouble);
    }
  }

  /// Why they could not be kept; nothing once they are durable.
  private Optional<String> put(List<Task> tasks) {
    try {
      queue.put(tasks.stream().flatMap(task -> task.letters().stream()).toList());
      return Optional.empty();
    } catch (DeadLetterException e) {
      return Optional.of("refused events could not be kept: " + e.getMessage());
    } catch (RuntimeException | Error bug) {
      LOG.log(System.Logger.Level.ERROR, "fault while keeping refused events", bug);
      return Optional.of("refused events could not be kept: a fault, see the server's log");
    }
  }

  /// Ends the thread after the commit under way. SQLite's files are no channels: an interrupt does
  /// not harm them.
  @Override
  public void close() {
    thread.interrupt();
  }
}
