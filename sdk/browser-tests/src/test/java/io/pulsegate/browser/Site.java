package io.pulsegate.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A shop's own web server, an origin of its own: pages with the SDK's published script.
final class Site implements AutoCloseable {
  private static final Path SDK = Path.of("../browser/dist");

  private record Page(String policy, String script) {}

  private record Reply(int status, String body) {}

  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final AtomicInteger number = new AtomicInteger();
  private final HttpServer server;

  Site() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Makes a page that loads the SDK, then runs a script. Events that are sent to its address are
  /// answered with the page, as a captive portal does.
  ///
  /// @param policy the page's Content-Security-Policy; empty for none
  /// @return its address
  String page(String policy, String script) {
    String path = "/page-" + number.incrementAndGet();
    pages.put(path, new Page(policy, script));
    return origin() + path;
  }

  /// Makes an address that answers all that is sent to it, in whatever format, with the same reply.
  String answering(int status, String body) {
    String path = "/answers-" + number.incrementAndGet();
    replies.put(path, new Reply(status, body));
    return origin() + path;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String base = path.replaceFirst("(\\.js|/collect|/v1/events)$", "");
    Page page = pages.get(base);
    Reply reply = replies.get(base);
    if (reply != null) {
      send(exchange, reply.status(), "application/json", reply.body().getBytes(UTF_8));
    } else if (path.startsWith("/sdk/")) {
      send(exchange, "text/javascript", Files.readAllBytes(SDK.resolve(path.substring(5))));
    } else if (page == null) {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
    } else if (path.endsWith(".js")) {
      send(exchange, "text/javascript", page.script().getBytes(UTF_8));
    } else {
      if (!page.policy().isEmpty()) {
        exchange.getResponseHeaders().set("Content-Security-Policy", page.policy());
      }
      String html =
          "<!doctype html><title>shop</title><h1>Shop</h1><script src='/sdk/pulsegate.iife.js'></script><script src='%s.js'></script>"
              .formatted(path);
      send(exchange, "text/html", html.getBytes(UTF_8));
    }
  }

  private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
    send(exchange, 200, type, body);
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
