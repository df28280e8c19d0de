package io.pulsegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpPagesTest {
  private final CountingMetrics metrics = new CountingMetrics();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch heard = new CountDownLatch(1);
  private final HttpPages listener =
      HttpPages.start(
          Fixture.CONFIG,
          "admin",
          new PageTable()
              .get("/bug", request -> broken())
              .get(
                  "/wait",
                  request -> {
                    asked.countDown();
                    request.gone().toCompletableFuture().get(30, TimeUnit.SECONDS);
                    heard.countDown();
                    return PageReply.json(200, Bytes.of("{}"));
                  })
              .post(
                  "/echo",
                  request ->
                      PageReply.json(
                          201,
                          Bytes.of(
                              Thread.currentThread().isVirtual()
                                  + " "
                                  + request.head().parameter("a").orElse("")
                                  + " "
                                  + request.body().length()))),
          Guard.token("secret"),
          metrics,
          InstantSource.system());

  private static PageReply broken() {
    throw new IllegalStateException("a bug in a page");
  }

  @AfterEach
  void close() {
    listener.close();
  }

  private RawClient.Answer send(String line, String token, String body) {
    try (RawClient raw = new RawClient(listener.port())) {
      raw.send(
          line
              + " HTTP/1.1\r\n"
              + Fixture.lines(
                  "Host: x",
                  "Authorization: Bearer " + token,
                  "Content-Length: " + body.length(),
                  "")
              + body);
      return raw.read();
    }
  }

  @Test
  void handsBodiesToPagesOnVirtualThreads() {
    RawClient.Answer answer = send("POST /echo?a=b%20c", "secret", "x".repeat(1 << 20));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("true b c 1048576");
  }

  @Test
  void refusesABodyThatIsTooLarge() {
    assertThat(send("POST /echo", "secret", "x".repeat((1 << 20) + 1)).status()).isEqualTo(413);
  }

  @Test
  void asksForTheTokenBeforeItTellsAnything() {
    for (String line : new String[] {"POST /echo", "GET /nothing", "DELETE /echo"}) {
      RawClient.Answer answer = send(line, "wrong", "");
      assertThat(answer.status()).as(line).isEqualTo(401);
      assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer");
    }
    assertThat(send("GET /nothing", "secret", "").status()).isEqualTo(404);
  }

  @Test
  void tellsAPageThatTheClientHasGone() throws Exception {
    try (RawClient raw = new RawClient(listener.port())) {
      raw.send(
          "GET /wait HTTP/1.1\r\n" + Fixture.lines("Host: x", "Authorization: Bearer secret", ""));
      assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void answers500WhereAPageThrows() {
    RawClient.Answer answer = send("GET /bug", "secret", "");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.body()).doesNotContain("a bug in a page");
    assertThat(metrics.count(HttpMetric.RESPONSES, "none", "500")).isEqualTo(1);
  }
}
