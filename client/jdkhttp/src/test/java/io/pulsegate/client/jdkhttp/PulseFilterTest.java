package io.pulsegate.client.jdkhttp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.pulsegate.client.PulseClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The filter in a real server of the JDK; what it records goes to another one.
class PulseFilterTest {
  private final List<String> recorded = new CopyOnWriteArrayList<>();
  private HttpServer collector;
  private HttpServer server;
  private PulseClient pulse;

  private static HttpServer server() throws IOException {
    return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() throws IOException {
    collector = server();
    collector.createContext(
        "/",
        exchange -> {
          List<String> events =
              new String(exchange.getRequestBody().readAllBytes(), UTF_8).lines().toList();
          recorded.addAll(events);
          respond(
              exchange,
              200,
              "{\"accepted\":%d,\"duplicates\":0,\"rejected\":[]}".formatted(events.size()));
        });
    collector.start();
    pulse =
        PulseClient.builder("http://127.0.0.1:" + collector.getAddress().getPort())
            .apiKey("demo")
            .compression(false)
            .flushInterval(Duration.ofMillis(1))
            .build();
    server = server();
    server.start();
  }

  @AfterEach
  void stop() {
    pulse.close();
    server.stop(0);
    collector.stop(0);
  }

  private static void respond(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String record(String path, HttpHandler handler) throws Exception {
    server.createContext("/wallet", handler).getFilters().add(new PulseFilter(pulse, "wallet"));
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
              .POST(HttpRequest.BodyPublishers.ofString("the body"))
              .build();
      HttpResponse<String> _ = client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException noAnswer) {
      // Of a handler that fails: the server closes the connection.
    }
    await().until(() -> !recorded.isEmpty());
    assertThat(recorded).hasSize(1);
    return recorded.getFirst();
  }

  @Test
  void recordsServiceRouteMethodStatusAndDurationAndNothingElse() throws Exception {
    String event =
        record("/wallet/deposit/4711?token=secret", exchange -> respond(exchange, 201, "made"));
    assertThat(event)
        .contains(
            "\"service_name\":\"wallet\"",
            "\"endpoint\":\"/wallet\"",
            "\"method\":\"POST\"",
            "\"status_code\":201")
        .containsPattern("\"duration_ms\":\\d")
        .doesNotContain("secret", "4711", "the body", "made");
  }

  @Test
  void recordsAHandlerThatFailsAsA500() throws Exception {
    assertThat(
            record(
                "/wallet",
                exchange -> {
                  throw new IllegalStateException("a fault");
                }))
        .contains("\"status_code\":500");
  }

  @Test
  void recordsAnAnswerGivenLaterOnAnotherThread() throws Exception {
    assertThat(
            record(
                "/wallet",
                exchange -> {
                  Thread.ofVirtual()
                      .start(() -> {
                        try {
                          respond(exchange, 202, "later");
                        } catch (IOException e) {
                          throw new IllegalStateException(e);
                        }
                      });
                }))
        .contains("\"status_code\":202");
  }

  @Test
  void recordsAStreamWhenItHasEndedOnceEvenWhereItBreaks() throws Exception {
    assertThat(
            record(
                "/wallet",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  for (int i = 0; i < 100; i++) {
                    exchange.getResponseBody().write(new byte[10_000]);
                    exchange.getResponseBody().flush();
                  }
                  assertThat(recorded).isEmpty();
                  exchange.close();
                }))
        .contains("\"status_code\":200");
    recorded.clear();
    server.removeContext("/wallet");
    assertThat(
            record(
                "/wallet",
                exchange -> {
                  exchange.sendResponseHeaders(200, 0);
                  exchange.getResponseBody().write(new byte[10_000]);
                  throw new IOException("broken in the middle");
                }))
        .as("the status that was sent before")
        .contains("\"status_code\":200");
  }

  @Test
  void answersAsBeforeWhereTheCollectorIsAway() throws Exception {
    collector.stop(0);
    server
        .createContext("/wallet", exchange -> respond(exchange, 200, "fine"))
        .getFilters()
        .add(new PulseFilter(pulse, "wallet"));
    try (var client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/wallet"))
              .build();
      for (int i = 0; i < 100; i++) {
        assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
            .isEqualTo("fine");
      }
    }
    assertThat(pulse.stats().tracked()).isEqualTo(100);
    assertThat(recorded).isEmpty();
  }

  @Test
  void recordsAnAnswerWithoutABody() throws Exception {
    assertThat(record("/wallet", exchange -> respond(exchange, 204, "")))
        .contains("\"status_code\":204");
  }
}
