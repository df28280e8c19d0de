package io.pulsegate.ingress.http;

import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// One event loop of a listener and the connections it serves. On that loop's thread only, [#post]
/// apart.
final class Loop {
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final Context context;
  private final InstantSource clock;
  private final IdentityHashMap<HttpConnection, Peer> peers = new IdentityHashMap<>();
  private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private long dateSecond;
  private String date = "";

  Loop(Context context, InstantSource clock) {
    this.context = context;
    this.clock = clock;
    refreshDate();
  }

  /// Runs a task on the loop, soon. Any thread. What one commit completes goes over in one hop.
  /// After the listener is closed the task is dropped.
  void post(Runnable task) {
    posted.add(task);
    if (drainScheduled.compareAndSet(false, true)) {
      try {
        context.runOnContext(_ -> drain());
      } catch (RejectedExecutionException closed) {
        posted.clear();
      }
    }
  }

  private void drain() {
    drainScheduled.set(false);
    for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
      run(task);
    }
  }

  /// What one task throws must not keep the others waiting.
  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error bug) {
      System.getLogger(Loop.class.getName())
          .log(System.Logger.Level.ERROR, "a task of an event loop failed", bug);
    }
  }

  void add(HttpConnection connection, Peer peer) {
    peers.put(connection, peer);
  }

  void remove(HttpConnection connection) {
    peers.remove(connection);
  }

  /// The peer behind a connection; a listener knows all of its own.
  Peer peer(HttpConnection connection) {
    Peer peer = peers.get(connection);
    if (peer == null) {
      throw new IllegalStateException("a request on a connection that is not registered");
    }
    return peer;
  }

  /// Acts on deadlines that have passed. Called at least eight times in the shortest of them.
  void sweep(long nowNanos) {
    refreshDate();
    for (Peer peer : new ArrayList<>(peers.values())) {
      peer.sweep(nowNanos);
    }
  }

  /// The present time as HTTP writes it.
  String date() {
    return date;
  }

  private void refreshDate() {
    long second = clock.instant().getEpochSecond();
    if (second != dateSecond) {
      dateSecond = second;
      date = HTTP_DATE.format(clock.instant());
    }
  }
}
