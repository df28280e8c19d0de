package io.pulsegate.sinks.webhook;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocketFactory;

/// Posts to one endpoint over HTTP/1.1. Our own, as no client of the JDK lets the caller see the
/// address between looking it up and connecting to it. Connections are kept and used again.
///
/// **Only an address that the guard allows is connected to; a redirect is a reply like any other;
/// every phase has its time limit; the reply is bounded.** Any thread.
final class HttpPost implements AutoCloseable {
  private static final Duration IDLE_MAX = Duration.ofSeconds(20);

  private final HttpTarget target;
  private final AddressGuard guard;
  private final AddressGuard.Resolver resolver;
  private final SSLSocketFactory tls;
  private final Limits limits;
  private final Watchdog watchdog;
  private final Deque<HttpConnection> idle = new ArrayDeque<>();

  /// @param connect for the name's lookup, for the connection, and for the TLS handshake, each
  /// @param reply from the last byte sent to the end of the reply's head
  /// @param whole for sending, waiting and the reply's body together
  /// @param replyBytesMax what is read of a reply's body
  /// @param idleMax connections kept
  record Limits(Duration connect, Duration reply, Duration whole, int replyBytesMax, int idleMax) {}

  HttpPost(
      String name,
      HttpTarget target,
      AddressGuard guard,
      AddressGuard.Resolver resolver,
      SSLSocketFactory tls,
      Limits limits) {
    this.target = target;
    this.guard = guard;
    this.resolver = resolver;
    this.tls = tls;
    this.limits = limits;
    this.watchdog = new Watchdog(name);
  }

  /// Sends one request and waits for its reply.
  ///
  /// @throws ForbiddenAddressException where the host has no address that may be connected to
  /// @throws IOException where there was no reply in time
  HttpReply post(Map<String, String> headers, byte[] body) throws IOException {
    Optional<HttpConnection> kept = takeIdle();
    if (kept.isPresent()) {
      try {
        return exchange(kept.get(), headers, body);
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        // Closed by the other side while it lay idle, most likely: a new one tells.
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
    return exchange(connect(), headers, body);
  }

  private HttpReply exchange(HttpConnection connection, Map<String, String> headers, byte[] body)
      throws IOException {
    boolean reusable = false;
    try {
      HttpReply reply =
          watchdog.within(
              "no complete exchange",
              limits.whole(),
              connection,
              () -> {
                connection.out().write(HttpReply.requestHead(target, headers, body.length));
                connection.out().write(body);
                connection.out().flush();
                return watchdog.within(
                    "no reply", limits.reply(), connection, () -> HttpReply.read(connection.in()));
              });
      reusable = reply.keepsAlive() && isBodySkipped(connection, reply);
      return reply;
    } finally {
      if (reusable) {
        keep(connection);
      } else {
        connection.close();
      }
    }
  }

  /// The verdict is known by the status: a body that breaks off costs the connection, nothing else.
  private boolean isBodySkipped(HttpConnection connection, HttpReply reply) {
    try {
      return watchdog.within(
          "no end of the reply",
          limits.reply(),
          connection,
          () -> reply.skipBody(connection.in(), limits.replyBytesMax()));
    } catch (IOException e) {
      return false;
    }
  }

  private HttpConnection connect() throws IOException {
    List<String> failures = new ArrayList<>();
    boolean tried = false;
    for (InetAddress address : addresses()) {
      Optional<String> refusal = guard.refusal(address);
      if (refusal.isPresent()) {
        failures.add(refusal.get());
        continue;
      }
      tried = true;
      try {
        return HttpConnection.open(address, target, tls, limits.connect(), watchdog);
      } catch (IOException e) {
        failures.add(address.getHostAddress() + ": " + e.getMessage());
      }
    }
    String why = String.join("; ", failures);
    if (!tried) {
      throw new ForbiddenAddressException(why);
    }
    throw new IOException(why);
  }

  private List<InetAddress> addresses() throws IOException {
    if (target.literal().isPresent()) {
      return List.of(target.literal().get());
    }
    var found = new CompletableFuture<InetAddress[]>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            found.complete(resolver.resolve(target.host()));
          } catch (UnknownHostException | RuntimeException e) {
            found.completeExceptionally(e);
          }
        });
    try {
      return List.of(found.get(limits.connect().toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the name was looked up", e);
    } catch (TimeoutException e) {
      throw new IOException(
          "no address of the host within %d ms".formatted(limits.connect().toMillis()), e);
    } catch (ExecutionException e) {
      throw new IOException("the host's name is not known", e);
    }
  }

  private synchronized Optional<HttpConnection> takeIdle() throws IOException {
    while (!idle.isEmpty()) {
      HttpConnection connection = idle.pop();
      if (!connection.idlesLongerThan(IDLE_MAX)) {
        return Optional.of(connection);
      }
      connection.close();
    }
    return Optional.empty();
  }

  private synchronized void keep(HttpConnection connection) throws IOException {
    connection.idle();
    idle.push(connection);
    if (idle.size() > limits.idleMax()) {
      idle.removeLast().close();
    }
  }

  @Override
  public synchronized void close() {
    for (HttpConnection connection : idle) {
      try {
        connection.close();
      } catch (IOException e) {
        // It is let go of all the same.
      }
    }
    idle.clear();
    watchdog.close();
  }

  /// The endpoint lies where none may lie.
  static final class ForbiddenAddressException extends IOException {
    private static final long serialVersionUID = 1;

    ForbiddenAddressException(String message) {
      super(message);
    }
  }
}
