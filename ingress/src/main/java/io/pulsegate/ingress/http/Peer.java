package io.pulsegate.ingress.http;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// One connection: what it is doing and how long it may. On its loop's thread only.
///
/// There is always at most one exchange: pipelined requests are begun one after the other. Vert.x'
/// own idle timeout would also end connections that wait for a commit and does not end those that
/// send a byte now and then; so deadlines are kept here.
final class Peer {
  private final HttpConnection connection;
  private final Loop loop;
  private final String client;
  private final HttpConfig.Timeouts timeouts;
  private final LongAdder active;
  private @Nullable Exchange exchange;
  private boolean timed = true;
  private boolean closing;
  private boolean inputEnded;
  private long deadlineNanos;

  /// @param client whom its address stands for
  /// @param active exchanges of the whole listener
  Peer(
      HttpConnection connection,
      Loop loop,
      String client,
      HttpConfig.Timeouts timeouts,
      LongAdder active) {
    this.connection = connection;
    this.loop = loop;
    this.client = client;
    this.timeouts = timeouts;
    this.active = active;
    this.deadlineNanos = System.nanoTime() + timeouts.head().toNanos();
  }

  Loop loop() {
    return loop;
  }

  String client() {
    return client;
  }

  /// A request has begun: its body has a deadline.
  void begin(Exchange begun, long nowNanos) {
    exchange = begun;
    active.increment();
    limit(nowNanos, timeouts.body().toNanos());
  }

  /// Waits for us, not for the client.
  void untimed() {
    timed = false;
  }

  /// Only waits for the client to read the reply and to stop sending.
  void linger() {
    limit(System.nanoTime(), timeouts.linger().toNanos());
  }

  /// The exchange is over, for both sides.
  void end() {
    if (exchange != null) {
      exchange = null;
      active.decrement();
    }
    limit(System.nanoTime(), timeouts.idle().toNanos());
  }

  /// Sends what is written and closes; if the client does not read it in time, closes all the same.
  void close() {
    if (!closing) {
      closing = true;
      limit(System.nanoTime(), timeouts.linger().toNanos());
      connection.close();
    }
  }

  /// The client will send nothing more. What it has sent whole is still answered.
  void inputEnded() {
    inputEnded = true;
    if (exchange != null) {
      exchange.left();
    }
    if (exchange == null || !exchange.isBodyEnded()) {
      close();
    }
  }

  /// A reply has been written; where it was the last one, the connection ends.
  void replied() {
    if (inputEnded && exchange == null) {
      close();
    }
  }

  /// The connection is gone.
  void closed() {
    Exchange open = exchange;
    end();
    untimed();
    if (open != null) {
      open.disconnected();
    }
  }

  void sweep(long nowNanos) {
    if (!timed || nowNanos - deadlineNanos < 0) {
      return;
    }
    if (closing) {
      // Its own close waits for a client that does not read; this one drops what is unsent.
      var _ = ((HttpServerConnection) connection).channelHandlerContext().close();
    } else if (exchange == null) {
      close();
    } else {
      exchange.expired();
    }
  }

  private void limit(long nowNanos, long nanos) {
    timed = true;
    deadlineNanos = nowNanos + nanos;
  }
}
