package io.pulsegate.ingress.http;

import static io.pulsegate.ingress.http.Fixture.SHORT;
import static io.pulsegate.ingress.http.Fixture.head;
import static io.pulsegate.ingress.http.Fixture.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Sizes, deadlines and floods.
class LimitsTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private Fixture fixture = new Fixture(Fixture.CONFIG.with(SHORT));

  private FakeIntake intake() {
    return fixture.intake;
  }

  private void restart(HttpConfig config) {
    fixture.close();
    fixture = new Fixture(config);
  }

  @AfterEach
  void close() {
    fixture.close();
    assertThat(intake().permitsClosed.get()).isEqualTo(intake().permitsGranted.get());
    assertThat(intake().closedTwice.get()).isZero();
  }

  @Test
  void refusesAnAnnouncedBodyThatIsTooLargeBeforeItIsSent() {
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Content-Length: 10485761") + "\r\n");
      RawClient.Answer answer = raw.read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("10485760");
      assertThat(answer.header("Connection")).isEqualTo("close");
      raw.awaitClose();
    }
    assertThat(intake().permitsGranted.get()).isZero();
  }

  @Test
  void stopsReadingAChunkedBodyAtTheLimit() {
    restart(Fixture.CONFIG.with(HttpConfig.Limits.DEFAULTS.withBodies(100_000, 200_000)));
    byte[] chunk = ("4000\r\n" + "x".repeat(0x4000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Transfer-Encoding: chunked") + "\r\n");
      int sent = 0;
      while (raw.trySend(chunk)) {
        sent++;
        assertThat(sent).as("chunks taken of a body without end").isLessThan(10_000);
      }
    }
    assertThat(intake().bytesAdmitted.get()).isLessThan(400_000);
    assertThat(intake().payloads).isEmpty();
    assertThat(fixture.metrics.count(HttpMetric.RESPONSES, "lines", "413")).isEqualTo(1);
  }

  @Test
  void answersAChunkedBodyThatIsTooLarge() {
    restart(Fixture.CONFIG.with(HttpConfig.Limits.DEFAULTS.withBodies(1_000, 200_000)));
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Transfer-Encoding: chunked") + "\r\n4000\r\n" + "x".repeat(0x4000));
      RawClient.Answer answer = raw.read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.header("Connection")).isEqualTo("close");
      raw.awaitClose();
    }
  }

  @Test
  void takesABodyOfExactlyTheLimit() {
    restart(Fixture.CONFIG.with(HttpConfig.Limits.DEFAULTS.withBodies(100_000, 100_000)));
    try (RawClient raw = fixture.connect()) {
      raw.send(post("x".repeat(100_000)));
      assertThat(raw.read().status()).isEqualTo(200);
      raw.send(post("x".repeat(100_001)));
      assertThat(raw.read().status()).isEqualTo(413);
    }
  }

  @Test
  void asksForMoreRoomAsAChunkedBodyGrows() {
    intake().bytesMax.set(200_000);
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Transfer-Encoding: chunked") + "\r\n40000\r\n" + "x".repeat(0x40000) + "\r\n");
      RawClient.Answer answer = raw.read();
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.header("Retry-After")).isEqualTo("1");
    }
    assertThat(intake().payloads).isEmpty();
  }

  @Test
  void closesAConnectionThatSendsNothing() {
    try (RawClient raw = fixture.connect()) {
      raw.awaitClose();
    }
  }

  @Test
  void closesAConnectionWhoseHeadersDripIn() {
    try (RawClient raw = fixture.connect()) {
      raw.send("POST /events HTTP/1.1\r\nHost: x\r\n");
      dripUntilClosed(raw, "X: y\r\n");
    }
  }

  @Test
  void answers408WhenABodyDripsIn() {
    restart(
        Fixture.CONFIG.with(
            new HttpConfig.Timeouts(LONG, Duration.ofMillis(300), LONG, Duration.ofMillis(300))));
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Content-Length: 1000000") + "\r\n");
      dripUntilClosed(raw, "x");
    }
    assertThat(fixture.metrics.count(HttpMetric.RESPONSES, "lines", "408")).isEqualTo(1);
    assertThat(fixture.metrics.count(HttpMetric.ABORTED, "timeout")).isEqualTo(1);
  }

  /// Sends a little again and again: only a deadline in total ends that.
  private static void dripUntilClosed(RawClient raw, String drop) {
    byte[] bytes = drop.getBytes(StandardCharsets.US_ASCII);
    while (raw.trySend(bytes)) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void answers408WhenABodyDoesNotCome() {
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Content-Length: 10") + "\r\n{");
      RawClient.Answer answer = raw.read();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.body()).startsWith("request_timeout");
      assertThat(answer.header("Connection")).isEqualTo("close");
      raw.awaitClose();
    }
    assertThat(intake().payloads).isEmpty();
  }

  @Test
  void closesAConnectionThatIsIdleBetweenRequests() {
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}"));
      assertThat(raw.read().status()).isEqualTo(200);
      raw.awaitClose();
    }
  }

  @Test
  void doesNotTimeOutWhatWaitsForTheLog() {
    intake().holding = true;
    try (RawClient waiting = fixture.connect();
        RawClient idle = fixture.connect()) {
      waiting.send(post("{}"));
      FakeIntake.Held held = intake().nextHeld();
      idle.awaitClose();
      try (RawClient another = fixture.connect()) {
        another.awaitClose();
      }
      held.accept();
      assertThat(waiting.read().body()).isEqualTo("accepted 1");
    }
  }

  @Test
  void closesAClientThatDoesNotReadItsReplies() {
    try (RawClient raw = fixture.connect()) {
      byte[] request =
          "GET /large HTTP/1.1\r\nHost: x\r\n\r\n".repeat(50).getBytes(StandardCharsets.US_ASCII);
      assertThat(raw.trySend(request)).isTrue();
      while (fixture.metrics.gauge(HttpMetric.CONNECTIONS, "public") > 0) {
        Thread.onSpinWait();
      }
    }
    assertThat(fixture.metrics.count(HttpMetric.RESPONSES, "none", "200")).isLessThan(30);
  }

  @Test
  void limitsConnectionsPerAddress() {
    restart(Fixture.CONFIG.with(HttpConfig.Limits.DEFAULTS.withConnections(100, 2)));
    try (RawClient first = fixture.connect();
        RawClient second = fixture.connect()) {
      first.send(post("{}"));
      second.send(post("{}"));
      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.read().status()).isEqualTo(200);
      try (RawClient third = fixture.connect()) {
        third.awaitClose();
      }
      assertThat(fixture.metrics.count(HttpMetric.CONNECTIONS_REFUSED, "address")).isEqualTo(1);
      first.send(post("{}"));
      assertThat(first.read().status()).isEqualTo(200);
    }
  }

  @Test
  void limitsConnectionsAltogether() {
    restart(Fixture.CONFIG.with(HttpConfig.Limits.DEFAULTS.withConnections(1, 10)));
    try (RawClient first = fixture.connect()) {
      first.send(post("{}"));
      assertThat(first.read().status()).isEqualTo(200);
      try (RawClient second = fixture.connect()) {
        second.awaitClose();
      }
      assertThat(fixture.metrics.count(HttpMetric.CONNECTIONS_REFUSED, "all")).isEqualTo(1);
    }
  }

  @Test
  void disconnectsAnAddressThatGuessesKeysAndNeverAValidKey() {
    restart(Fixture.CONFIG);
    int limited = 0;
    for (int i = 0; limited == 0; i++) {
      try (RawClient raw = fixture.connect()) {
        raw.send(post("{}").replace("good", "guess" + i));
        RawClient.Answer answer = raw.read();
        if (answer.status() == 429) {
          limited++;
          assertThat(answer.header("Connection")).isEqualTo("close");
          raw.awaitClose();
        } else {
          assertThat(answer.status()).isEqualTo(401);
        }
      }
    }
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}"));
      assertThat(raw.read().status()).isEqualTo(200);
    }
  }

  @Test
  void refusesMultipart() {
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}", "Content-Type: Multipart/form-data; boundary=x"));
      assertThat(raw.read().status()).isEqualTo(415);
    }
  }
}
