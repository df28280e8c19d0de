package io.pulsegate.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// Takes objects as an S3 store does, and looks at nothing else: what the sink promises is tested
/// against a real one beside the sink.
final class StubStore implements AutoCloseable {
  /// Sizes of the bodies by `/bucket/key`.
  final Map<String, Integer> objects = new ConcurrentSkipListMap<>();

  private final HttpServer server;
  private boolean there = true;

  StubStore() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          int size = exchange.getRequestBody().readAllBytes().length;
          if (exchange.getRequestMethod().equals("PUT")) {
            objects.put(exchange.getRequestURI().getPath(), size);
          }
          exchange.getResponseHeaders().add("ETag", "\"0\"");
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// From now on nobody answers.
  void goAway() {
    if (there) {
      there = false;
      server.stop(0);
    }
  }

  @Override
  public void close() {
    goAway();
  }
}
