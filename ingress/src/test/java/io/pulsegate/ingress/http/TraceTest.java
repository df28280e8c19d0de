package io.pulsegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How a request is found again.
class TraceTest {
  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final Fixture fixture = new Fixture();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger logger = Logger.getLogger(RequestLog.class.getName());
  private final Handler listener = new Listening();

  /// Keeps what the log says.
  private final class Listening extends Handler {
    @Override
    public void publish(LogRecord line) {
      lines.add(new SimpleFormatter().formatMessage(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    logger.addHandler(listener);
  }

  @AfterEach
  void close() {
    logger.removeHandler(listener);
    client.close();
    fixture.close();
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + fixture.ingress.port() + path))
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private static String traceOf(HttpResponse<?> response) {
    return response.headers().firstValue("X-Trace-Id").orElse("none");
  }

  @Test
  void tellsTheClientTheIdThatStandsInEveryLineAboutItsRequest() throws Exception {
    for (String body : List.of("?", "?" + "x".repeat(100_000))) {
      lines.clear();
      HttpResponse<String> response = send("POST", "/events", body, "X-API-Key", FakeIntake.KEY);
      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(traceOf(response)).matches("[0-9a-f]{32}");
      assertThat(lines).hasSize(2).allMatch(line -> line.contains("trace_id=" + traceOf(response)));
      assertThat(lines.getFirst()).startsWith("fault").contains("dialect=lines method=POST");
    }
  }

  @Test
  void takesOverTheIdThatTheClientNames() throws Exception {
    HttpResponse<String> response =
        send(
            "POST",
            "/events",
            "?",
            "X-API-Key",
            FakeIntake.KEY,
            "traceparent",
            "00-" + ID + "-00f067aa0ba902b7-01");
    assertThat(traceOf(response)).isEqualTo(ID);
    assertThat(lines).hasSize(2).allMatch(line -> line.contains("trace_id=" + ID));
  }

  @Test
  void givesEveryReplyAnIdOfItsOwn() throws Exception {
    List<HttpResponse<String>> responses =
        List.of(
            send("POST", "/events", "{}", "X-API-Key", FakeIntake.KEY),
            send("POST", "/events", "{}"),
            send("DELETE", "/events", ""),
            send("GET", "/health", ""),
            send("GET", "/nowhere", ""));
    assertThat(responses.stream().map(HttpResponse::statusCode))
        .containsExactly(200, 401, 405, 200, 404);
    Set<String> ids = new HashSet<>();
    for (HttpResponse<String> response : responses) {
      assertThat(traceOf(response)).matches("[0-9a-f]{32}");
      assertThat(ids.add(traceOf(response))).isTrue();
    }
  }
}
