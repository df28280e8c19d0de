package io.pulsegate.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/// One client thread: sends what is due on its connections and takes the replies.
///
/// A thread spends its life in `select`, `read` and `write`; everything else is patching bytes.
final class LoadLoop {
  private static final long MILLI = 1_000_000;
  private static final long NAP_NANOS = 50_000;
  private static final long BACKOFF_MIN_NANOS = 20 * MILLI;
  private static final long BACKOFF_MAX_NANOS = 1_000 * MILLI;
  private static final long CHECK_NANOS = 100 * MILLI;

  private final LoadPlan plan;
  private final Sequences sequences;
  private final Pace pace;
  private final LoadStats stats;
  private final Optional<AckRecord.Writer> record;
  private final RandomGenerator random;
  private final TimeText time;
  private final List<Connection> connections;
  private final ArrayDeque<Connection> free;
  private final PriorityQueue<Connection> paused =
      new PriorityQueue<>(Comparator.comparingLong((Connection c) -> c.wakeNanos));
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
  private final Selector selector;
  private long endNanos;
  private long checkNanos;
  private int busy;

  LoadLoop(
      LoadPlan plan,
      Sequences sequences,
      Pace pace,
      LoadStats stats,
      Optional<AckRecord.Writer> record,
      LoopSetup setup)
      throws IOException {
    this.plan = plan;
    this.sequences = sequences;
    this.pace = pace;
    this.stats = stats;
    this.record = record;
    random = setup.random();
    time = setup.time();
    connections = setup.connections();
    free = new ArrayDeque<>(connections);
    selector = Selector.open();
  }

  /// What a loop is given for itself alone.
  record LoopSetup(List<Connection> connections, RandomGenerator random, TimeText time) {}

  /// Runs until the events or the time have ended and the replies are in.
  void run(long runEndNanos) throws IOException {
    endNanos = runEndNanos;
    try (selector) {
      while (turn()) {
        record.ifPresent(LoadLoop::flush);
      }
    } finally {
      record.ifPresent(LoadLoop::flush);
      stats.unacknowledged.add((long) busy * plan.payload().batch());
      connections.forEach(Connection::close);
    }
  }

  private boolean turn() throws IOException {
    long now = System.nanoTime();
    endNanos = Math.min(endNanos, sequences.stopNanos());
    resume(now);
    boolean isOpen = now < endNanos && start(now);
    if (!isOpen && busy == 0) {
      stats.overdue.add(sequences.isUsedUp() ? 0 : pace.overdue(endNanos));
      return false;
    }
    if (now - endNanos > plan.drain().toNanos()) {
      return false;
    }
    await(isOpen, now);
    if (now > checkNanos) {
      checkNanos = now + CHECK_NANOS;
      failOverdue(now);
    }
    return true;
  }

  /// Starts what is due on free connections; false when there is nothing left to send.
  private boolean start(long now) {
    while (!free.isEmpty() && pace.untilDue(now) <= 0) {
      long first = sequences.take();
      if (first < 0) {
        return false;
      }
      var connection = free.poll();
      busy++;
      connection.begin(first, pace.take(now), time.now());
      send(connection, now);
    }
    return !sequences.isUsedUp();
  }

  private void resume(long now) {
    while (!paused.isEmpty() && paused.peek().wakeNanos <= now) {
      var connection = paused.poll();
      if (connection.isBusy) {
        send(connection, now);
      } else {
        free.add(connection);
      }
    }
  }

  private void send(Connection connection, long now) {
    try {
      connection.send(selector, now);
    } catch (IOException e) {
      failed(connection, NetworkFailure.name(e));
    }
  }

  private void await(boolean isOpen, long now) throws IOException {
    long wait = CHECK_NANOS;
    if (!paused.isEmpty()) {
      wait = Math.min(wait, paused.peek().wakeNanos - now);
    }
    if (isOpen) {
      wait = Math.min(wait, endNanos - now);
      wait = free.isEmpty() ? wait : Math.min(wait, pace.untilDue(now));
    }
    if (wait >= MILLI) {
      selector.select(this::ready, wait / MILLI);
    } else if (selector.selectNow(this::ready) == 0 && wait > 0) {
      // The selector counts in milliseconds: shorter waits are naps between two looks.
      LockSupport.parkNanos(Math.min(wait, NAP_NANOS));
    }
  }

  private void ready(SelectionKey key) {
    var connection = (Connection) key.attachment();
    try {
      var reply = connection.ready(key, buffer);
      if (reply.isPresent()) {
        replied(connection, reply.get());
      }
    } catch (IOException e) {
      failed(connection, NetworkFailure.name(e));
    } catch (ReplyParser.BadReply e) {
      failed(connection, "bad reply: " + e.getMessage());
    }
  }

  private void replied(Connection connection, ServerReply reply) {
    if (!connection.isWaiting) {
      failed(connection, "bad reply: one that nobody asked for");
      return;
    }
    long now = System.nanoTime();
    stats.replied(now - connection.sentNanos);
    connection.isWaiting = false;
    connection.failures = 0;
    if (reply.closes()) {
      connection.disconnect();
    }
    if (reply.acknowledges(plan.payload().batch())) {
      acknowledged(connection, reply, now);
    } else if (reply.status() / 100 == 2) {
      stats.error("unclear reply", 1);
      again(connection, stats.unacknowledged, BACKOFF_MIN_NANOS);
    } else if (reply.isWorthRetrying()) {
      stats.error((reply.status() + " " + reply.code()).strip(), 1);
      again(
          connection,
          stats.turnedAway,
          Math.max(BACKOFF_MIN_NANOS, reply.retryAfterMillis() * MILLI));
    } else {
      refused(reply);
      done(connection);
    }
  }

  private void acknowledged(Connection connection, ServerReply reply, long now) {
    stats.acknowledged(now - connection.intendedNanos);
    stats.accepted.add(reply.accepted());
    stats.duplicates.add(reply.duplicates());
    var rejected = new BitSet();
    for (var event : reply.rejected()) {
      rejected.set(event.index());
      stats.error("422 " + event.code(), 1);
    }
    record.ifPresent(writer -> writer.add(connection.firstSequence, rejected));
    done(connection);
  }

  private void refused(ServerReply reply) {
    if (reply.rejected().isEmpty()) {
      stats.error((reply.status() + " " + reply.code()).strip(), 1);
    }
    reply.rejected().forEach(event -> stats.error(reply.status() + " " + event.code(), 1));
  }

  private void done(Connection connection) {
    connection.isBusy = false;
    busy--;
    free.add(connection);
  }

  private void failed(Connection connection, String code) {
    boolean wasWaiting = connection.isWaiting;
    connection.disconnect();
    if (!wasWaiting) {
      // The server closed an idle connection, as it may; the next request opens another.
      return;
    }
    stats.error(code, 1);
    connection.failures++;
    again(
        connection,
        stats.unacknowledged,
        Math.min(BACKOFF_MAX_NANOS, BACKOFF_MIN_NANOS << Math.min(6, connection.failures)));
  }

  /// Sends the same request later; without retries it is given up, and only the connection rests.
  ///
  /// @param givenUp counts its events then
  private void again(Connection connection, LongAdder givenUp, long delayNanos) {
    if (!plan.retry()) {
      givenUp.add(plan.payload().batch());
      connection.isBusy = false;
      busy--;
    }
    // Up to a quarter more, so that all who were told the same time do not come at once.
    connection.wakeNanos = System.nanoTime() + delayNanos + random.nextLong(delayNanos / 4 + 1);
    paused.add(connection);
  }

  private void failOverdue(long now) {
    for (var connection : connections) {
      if (connection.isWaiting && now - connection.sentNanos > plan.timeout().toNanos()) {
        failed(connection, "timeout");
      }
    }
  }

  private static void flush(AckRecord.Writer writer) {
    try {
      writer.flush();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the acknowledgements could not be recorded", e);
    }
  }
}
