package io.pulsegate.server.door;

import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.StateException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Writes down who was let in and who was not: every decision about a domain, when it is made. One
/// thread; decisions that come faster than they can be written are counted, and that is written
/// too.
public final class AuditTrail implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AuditTrail.class.getName());

  private static final String ACTOR = "door";
  private static final long KEPT_MAX = 200_000;

  private static final int WAITING_MAX = 8_192;
  private static final int TAKEN_MAX = 512;
  private static final int TEXT_MAX = 300;

  private final AuditLog store;
  private final InstantSource clock;
  private final BlockingQueue<Change> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
  private final AtomicLong lost = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  public AuditTrail(AuditLog store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("audit-trail").start(this::work);
  }

  /// Writes one decision down, soon. Any thread; never blocks.
  ///
  /// @param decision `authorized`, `refused`, `stale` or `unavailable`
  /// @param client empty where there is none
  /// @param detail privacy level or reason
  void record(String domain, String decision, String client, String detail) {
    if (!waiting.offer(change("domain." + decision, client, cut(domain), cut(detail)))) {
      lost.incrementAndGet();
    }
  }

  private Change change(String action, String client, String domain, String detail) {
    return new Change(clock.instant(), ACTOR, action, client, domain, detail);
  }

  private static String cut(String text) {
    return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
  }

  private void work() {
    List<Change> entries = new ArrayList<>();
    try {
      while (!closed || !waiting.isEmpty()) {
        Change first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
          entries.add(first);
          waiting.drainTo(entries, TAKEN_MAX);
          write(entries);
          entries.clear();
        }
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<Change> entries) {
    long missing = lost.getAndSet(0);
    if (missing > 0) {
      entries.add(change("domain.lost", "", "", missing + " decisions"));
    }
    try {
      store.addAll(entries, ACTOR, KEPT_MAX);
    } catch (StateException e) {
      lost.addAndGet(entries.size());
      LOG.log(
          System.Logger.Level.WARNING,
          "audit entries could not be written entries={0} reason={1}",
          Integer.toString(entries.size()),
          e.getMessage());
    }
  }

  /// Writes what waits and ends.
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
