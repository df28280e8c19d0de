package io.pulsegate.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/// An endpoint on loopback. When it leaves, the request under way is taken and gets no reply; those
/// that follow get 503.
final class WebhookDestination implements Destination {
  private static final Pattern ID =
      Pattern.compile("\"event_id\":\"([0-9a-f-]{36})\",\"tenant_id\"");

  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final AtomicBoolean swallows = new AtomicBoolean();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private volatile boolean away;

  WebhookDestination() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    boolean swallowed = swallows.getAndSet(false);
    if (swallowed || !away) {
      bodies.add(body);
    }
    if (!swallowed) {
      exchange.sendResponseHeaders(away ? 503 : 200, -1);
    }
    exchange.close();
  }

  @Override
  public String settings() {
    return """
    type: webhook
    url: http://127.0.0.1:%d/
    secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
    allow_private_networks: true
    """
        .formatted(server.getAddress().getPort());
  }

  @Override
  public void leave() {
    away = true;
    swallows.set(true);
  }

  @Override
  public void comeBack() {
    swallows.set(false);
    away = false;
  }

  @Override
  public List<String> ids() {
    return bodies.stream()
        .flatMap(body -> ID.matcher(body).results().map(found -> found.group(1)))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
