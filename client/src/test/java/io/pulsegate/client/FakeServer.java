package io.pulsegate.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// A server that behaves as a test says, and remembers all that it was sent.
final class FakeServer implements AutoCloseable {
  /// What it answers.
  record Reply(int status, Map<String, String> headers, String body) {
    static Reply of(int status, String body) {
      return new Reply(status, Map.of(), body);
    }

    static Reply error(int status, String code) {
      return of(status, "{\"error\":{\"code\":\"%s\",\"message\":\"as told\"}}".formatted(code));
    }

    Reply header(String name, String value) {
      var more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Reply(status, more, body);
    }

    /// All of them taken.
    static Reply taken(Request request) {
      return of(
          200,
          "{\"accepted\":%d,\"duplicates\":0,\"rejected\":[],\"durability\":\"disk\"}"
              .formatted(request.events().size()));
    }
  }

  /// What it was sent.
  ///
  /// @param number from 1
  record Request(
      int number, long nanos, String path, Map<String, String> headers, List<String> events) {
    List<String> ids() {
      return events.stream().map(FakeServer::id).toList();
    }
  }

  /// How it behaves.
  interface Script {
    Reply answer(Request request) throws IOException, InterruptedException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Script script;

  FakeServer(Script script) {
    this.script = script;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  static FakeServer takingAll() {
    return new FakeServer(Reply::taken);
  }

  void behave(Script other) {
    script = other;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Request> requests() {
    return requests;
  }

  /// Ids of all events in all requests.
  List<String> ids() {
    return requests.stream().flatMap(request -> request.ids().stream()).toList();
  }

  static String id(String event) {
    return String.valueOf(fields(event).get("event_id"));
  }

  static Map<String, @Nullable Object> fields(String json) {
    return JsonReader.object(json)
        .orElseThrow(() -> new IllegalStateException("not JSON: " + json));
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String encoding = exchange.getRequestHeaders().getFirst("Content-Encoding");
      InputStream in =
          "gzip".equals(encoding)
              ? new GZIPInputStream(exchange.getRequestBody())
              : exchange.getRequestBody();
      List<String> events = new String(in.readAllBytes(), UTF_8).lines().toList();
      Map<String, String> headers = new LinkedHashMap<>();
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      Request request;
      synchronized (this) {
        request =
            new Request(
                requests.size() + 1,
                System.nanoTime(),
                exchange.getRequestURI().getPath(),
                headers,
                new ArrayList<>(events));
        requests.add(request);
      }
      Reply reply = script.answer(request);
      byte[] body = reply.body().getBytes(UTF_8);
      reply.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
