package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Doorkeeper;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/// A listener on a free port, with everything around it made for tests.
final class Fixture implements AutoCloseable {
  static final HttpConfig.Timeouts SHORT =
      new HttpConfig.Timeouts(
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(300));
  static final HttpConfig CONFIG = HttpConfig.of("127.0.0.1", 0);

  final FakeIntake intake = new FakeIntake();
  final CountingMetrics metrics = new CountingMetrics();
  final HttpIngress ingress;

  Fixture() {
    this(CONFIG);
  }

  Fixture(HttpConfig config) {
    PageTable pages =
        new PageTable()
            .get("/health", request -> PageReply.text(200, "fine"))
            .get("/large", request -> PageReply.text(200, "x".repeat(1 << 20)))
            .get(
                "/metrics",
                request ->
                    Accept.choose(
                            request.head().header("Accept"),
                            List.of("text/plain", "application/json"))
                        .map(type -> new PageReply(200, type, Map.of(), Bytes.of("type " + type)))
                        .orElseGet(() -> PageReply.text(406, "neither")));
    ingress =
        HttpIngress.start(
            config,
            intake,
            Doorkeeper.ofKeys(intake),
            List.of(new LineDialect()),
            pages,
            metrics,
            InstantSource.system());
  }

  RawClient connect() {
    return new RawClient(ingress.port());
  }

  /// The head of a request for the endpoint of events, without the empty line.
  static String head(String... headers) {
    return "POST /events HTTP/1.1\r\nHost: test\r\nX-API-Key: good\r\n" + lines(headers);
  }

  static String lines(String... headers) {
    StringBuilder lines = new StringBuilder();
    for (String header : headers) {
      lines.append(header).append("\r\n");
    }
    return lines.toString();
  }

  static String post(String body, String... headers) {
    return head(headers) + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  @Override
  public void close() {
    ingress.close();
  }
}
