package io.pulsegate.ingress.http;

import static io.pulsegate.ingress.http.Fixture.head;
import static io.pulsegate.ingress.http.Fixture.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Outcome;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a well-behaved client sees.
class HttpIngressTest {
  private final Fixture fixture = new Fixture();
  private final FakeIntake intake = fixture.intake;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    fixture.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + fixture.ingress.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder events(String body) {
    return request("/events")
        .header("X-API-Key", FakeIntake.KEY)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private void permitsAreClosedOnce() {
    assertThat(intake.permitsClosed.get()).isEqualTo(intake.permitsGranted.get());
    assertThat(intake.closedTwice.get()).isZero();
  }

  @Test
  void takesEventsAndRepliesWhatTheDialectSays() throws Exception {
    HttpResponse<String> response = send(events("{\"a\":1}\n{\"a\":2}"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("accepted 2");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(response.headers().firstValue("Date")).isPresent();
    assertThat(intake.payloads).containsExactly("{\"a\":1}", "{\"a\":2}");
    permitsAreClosedOnce();
    assertThat(fixture.metrics.count(HttpMetric.INGEST_REQUESTS, "lines")).isEqualTo(1);
    assertThat(fixture.metrics.count(HttpMetric.INGEST_LATENCY, "lines")).isEqualTo(1);
    assertThat(fixture.metrics.count(HttpMetric.RESPONSES, "lines", "200")).isEqualTo(1);
  }

  @Test
  void repliesOnlyWhenTheOutcomeIsThere() throws Exception {
    intake.holding = true;
    CompletableFuture<HttpResponse<String>> response =
        client.sendAsync(events("{}").build(), BodyHandlers.ofString());
    FakeIntake.Held held = intake.nextHeld();
    assertThat(response).isNotDone();
    held.accept();
    assertThat(response.get().body()).isEqualTo("accepted 1");
    permitsAreClosedOnce();
  }

  @Test
  void parsesALargeBodyAwayFromTheEventLoop() throws Exception {
    String body = ("x".repeat(999) + "\n").repeat(5_000);
    assertThat(send(events(body)).body()).isEqualTo("accepted 5000");
    permitsAreClosedOnce();
  }

  @Test
  void keepsAnEmptyBodyForTheDialect() throws Exception {
    assertThat(send(events("")).body()).isEqualTo("accepted 0");
    permitsAreClosedOnce();
  }

  @Test
  void refusesAMalformedBody() throws Exception {
    HttpResponse<String> response = send(events("!"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).isEqualTo("bad_json: malformed at byte 0");
    permitsAreClosedOnce();
  }

  @Test
  void answers500WhereADialectThrows() throws Exception {
    assertThat(send(events("?")).statusCode()).isEqualTo(500);
    assertThat(send(events("?" + "x".repeat(100_000))).statusCode()).isEqualTo(500);
    permitsAreClosedOnce();
  }

  @Test
  void passesOnThatATenantIsThrottled() throws Exception {
    intake.refusal = Optional.of(new Outcome.Throttled(Duration.ofSeconds(7), "bytes_per_second"));
    HttpResponse<String> response = send(events("{}"));
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
    assertThat(response.body()).contains("bytes_per_second");
    assertThat(intake.payloads).isEmpty();
  }

  @Test
  void passesOnThatTheLogCannotAccept() throws Exception {
    intake.outcome =
        Optional.of(
            new Outcome.Unavailable(
                io.pulsegate.api.Code.UNAVAILABLE, Duration.ofSeconds(3), "the disk is full"));
    HttpResponse<String> response = send(events("{}"));
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).hasValue("3");
    permitsAreClosedOnce();
  }

  @Test
  void tellsUnknownAndMissingKeysApartByNothing() throws Exception {
    HttpResponse<String> unknown = send(request("/events").header("X-API-Key", "bad").POST(body()));
    HttpResponse<String> missing = send(request("/events").POST(body()));
    assertThat(unknown.statusCode()).isEqualTo(401);
    assertThat(missing.statusCode()).isEqualTo(401);
    assertThat(missing.body()).isEqualTo(unknown.body());
    assertThat(missing.headers().map().keySet()).isEqualTo(unknown.headers().map().keySet());
    assertThat(intake.permitsGranted.get()).isZero();
  }

  private static HttpRequest.BodyPublisher body() {
    return HttpRequest.BodyPublishers.ofString("{}");
  }

  @Test
  void takesABearerToken() throws Exception {
    assertThat(
            send(request("/events").header("Authorization", "Bearer good").POST(body()))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void knowsPathsExactly() throws Exception {
    for (String path :
        List.of(
            "/",
            "/event",
            "/events/",
            "//events",
            "/events;a=b",
            "/x/../events",
            "/%65vents",
            "/events%2f",
            "/EVENTS")) {
      assertThat(send(request(path).POST(body())).statusCode()).as(path).isEqualTo(404);
    }
    assertThat(intake.permitsGranted.get()).isZero();
    assertThat(
            send(events("{}").uri(URI.create(request("/events").build().uri() + "?a=%20")))
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void namesTheMethodsThatAPathTakes() throws Exception {
    HttpResponse<String> events = send(request("/events").DELETE());
    assertThat(events.statusCode()).isEqualTo(405);
    assertThat(events.headers().firstValue("Allow")).hasValue("POST, PUT");
    HttpResponse<String> page = send(request("/health").POST(body()));
    assertThat(page.statusCode()).isEqualTo(405);
    assertThat(page.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void showsPagesByWhatTheClientAccepts() throws Exception {
    assertThat(send(request("/health")).body()).isEqualTo("fine");
    assertThat(send(request("/metrics")).body()).isEqualTo("type text/plain");
    HttpResponse<String> json = send(request("/metrics").header("Accept", "application/json"));
    assertThat(json.body()).isEqualTo("type application/json");
    assertThat(json.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(send(request("/metrics").header("Accept", "image/png")).statusCode()).isEqualTo(406);
  }

  @Test
  void answersHeadWithoutABody() {
    try (RawClient raw = fixture.connect()) {
      raw.send("HEAD /health HTTP/1.1\r\nHost: test\r\n\r\n");
      RawClient.Answer answer = raw.read(true);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-length")).isEqualTo("4");
      raw.send("GET /health HTTP/1.1\r\nHost: test\r\n\r\n");
      assertThat(raw.read().body()).isEqualTo("fine");
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() {
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}").repeat(100) + post("{}\n{}"));
      for (int i = 0; i < 100; i++) {
        assertThat(raw.read().body()).isEqualTo("accepted 1");
      }
      assertThat(raw.read().body()).isEqualTo("accepted 2");
    }
    permitsAreClosedOnce();
  }

  @Test
  void servesHttp10() {
    try (RawClient raw = fixture.connect()) {
      raw.send("POST /events HTTP/1.0\r\nX-API-Key: good\r\nContent-Length: 2\r\n\r\n{}");
      assertThat(raw.read().status()).isEqualTo(200);
      raw.awaitClose();
    }
  }

  @Test
  void finishesWhatHasBegunAndRefusesWhatIsNewWhileStopping() throws Exception {
    intake.holding = true;
    CompletableFuture<HttpResponse<String>> running =
        client.sendAsync(events("{}").build(), BodyHandlers.ofString());
    FakeIntake.Held held = intake.nextHeld();
    fixture.ingress.stopAccepting();
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}"));
      RawClient.Answer refused = raw.read();
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Connection")).isEqualTo("close");
      assertThat(refused.body()).startsWith("stopping");
      raw.awaitClose();
    }
    assertThat(send(request("/health")).statusCode()).isEqualTo(200);
    CompletableFuture<Boolean> closed =
        CompletableFuture.supplyAsync(() -> fixture.ingress.close(Duration.ofSeconds(60)));
    assertThat(running).isNotDone();
    held.accept();
    assertThat(running.get().body()).isEqualTo("accepted 1");
    assertThat(closed.get()).isTrue();
    assertThatThrownBy(fixture::connect).hasMessageContaining("refused");
    permitsAreClosedOnce();
  }

  @Test
  void cutsOffWhatDoesNotFinishInTime() {
    intake.holding = true;
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}"));
      FakeIntake.Held held = intake.nextHeld();
      assertThat(fixture.ingress.close(Duration.ofMillis(20))).isFalse();
      raw.awaitClose();
      held.accept();
    }
    permitsAreClosedOnce();
  }

  @Test
  void keepsThePermitUntilTheOutcomeWhenTheClientLeaves() {
    intake.holding = true;
    FakeIntake.Held held;
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}"));
      held = intake.nextHeld();
      raw.reset();
    }
    awaitNoConnections();
    assertThat(intake.permitsClosed.get()).isZero();
    held.accept();
    permitsAreClosedOnce();
    assertThat(fixture.metrics.count(HttpMetric.ABORTED, "gone")).isEqualTo(1);
  }

  @Test
  void givesThePermitBackWhenTheClientLeavesInTheMiddleOfABody() {
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Content-Length: 1000", "Expect: 100-continue") + "\r\n");
      assertThat(raw.read().status()).isEqualTo(100);
      raw.send("{");
    }
    awaitNoConnections();
    assertThat(intake.permitsGranted.get()).isEqualTo(1);
    permitsAreClosedOnce();
    assertThat(intake.payloads).isEmpty();
  }

  private void awaitNoConnections() {
    while (fixture.metrics.gauge(HttpMetric.CONNECTIONS, "public") > 0
        || fixture.metrics.count(HttpMetric.ABORTED, "gone") == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void saysWhyItCannotListen() {
    HttpConfig taken = HttpConfig.of("127.0.0.1", fixture.ingress.port());
    assertThatThrownBy(() ->
            HttpIngress.start(
                taken,
                intake,
                Doorkeeper.ofKeys(intake),
                List.of(new LineDialect()),
                Pages.NONE,
                Metrics.NONE,
                InstantSource.system()))
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("127.0.0.1:" + fixture.ingress.port())
        .hasMessageContaining("in use");
  }
}
