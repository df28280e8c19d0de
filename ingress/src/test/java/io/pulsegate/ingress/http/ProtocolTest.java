package io.pulsegate.ingress.http;

import static io.pulsegate.ingress.http.Fixture.head;
import static io.pulsegate.ingress.http.Fixture.post;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a client sees that breaks HTTP, or stretches it.
class ProtocolTest {
  private static final String SMUGGLED = "0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n";

  private final Fixture fixture = new Fixture();
  private final FakeIntake intake = fixture.intake;

  @AfterEach
  void close() {
    // The client may see the end of its connection before the server has cleared up behind it.
    intake.awaitPermitsClosed();
    fixture.close();
    assertThat(intake.permitsClosed.get()).isEqualTo(intake.permitsGranted.get());
    assertThat(intake.closedTwice.get()).isZero();
  }

  /// Sends bytes; exactly one reply with this status must come, then the end of the connection.
  private void isRefused(int status, String text) {
    try (RawClient raw = fixture.connect()) {
      raw.send(text);
      RawClient.Answer answer = raw.read();
      assertThat(answer.status()).as(text).isEqualTo(status);
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(raw.read().status()).as("a second reply to " + text).isZero();
    }
    assertThat(intake.payloads).isEmpty();
  }

  @Test
  void refusesBothALengthAndChunks() {
    isRefused(400, head("Content-Length: 4", "Transfer-Encoding: chunked") + "\r\n" + SMUGGLED);
  }

  @Test
  void refusesTwoLengths() {
    isRefused(400, head("Content-Length: 2", "Content-Length: 40") + "\r\n{}");
    isRefused(400, head("Content-Length: 2", "Content-Length: 2") + "\r\n{}");
    isRefused(400, head("Content-Length: 2, 2") + "\r\n{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "+2", "2x", "0x2", "2 2", "99999999999999999999", ""})
  void refusesALengthThatIsNone(String length) {
    isRefused(400, head("Content-Length: " + length) + "\r\n{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "chunked, gzip",
        "chunked, chunked",
        "xchunked",
        "identity",
        "chunked\u000b"
      })
  void refusesTransferEncodingsOtherThanChunked(String encoding) {
    isRefused(400, head("Transfer-Encoding: " + encoding) + "\r\n" + SMUGGLED);
  }

  @Test
  void refusesChunksInHttp10() {
    isRefused(
        400,
        "POST /events HTTP/1.0\r\nX-API-Key: good\r\nTransfer-Encoding: chunked\r\n\r\n"
            + SMUGGLED);
  }

  @Test
  void refusesBareLineFeeds() {
    isRefused(400, "POST /events HTTP/1.1\nHost: x\nX-API-Key: good\nContent-Length: 0\n\n");
    isRefused(400, head("Content-Length: 2\nX: y") + "\r\n{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Extra : a",
        "X Extra: a",
        "X-Extra\t: a",
        ": a",
        "no colon",
        "X-Extra: a\rb",
        "X-Extra: a\u0000b",
        "X-Ex\u0000tra: a",
        "X-Extra\u00e9: a"
      })
  void refusesMalformedHeaders(String header) {
    isRefused(400, head(header, "Content-Length: 2") + "\r\n{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {" X-API-Key: good", "\tcontinued", " "})
  void refusesAFoldedHeader(String line) {
    isRefused(400, head("X-Other: a", line, "Content-Length: 2") + "\r\n{}");
    isRefused(400, head("Content-Length: 2", line) + "\r\n{}" + post("[]"));
  }

  @Test
  void refusesAFoldedHeaderWhereverThePacketsAreCut() {
    String text = post("{}") + head("Content-Length: 2", "X-Other: a", " b") + "\r\n[]";
    for (int cut = post("{}").length(); cut < text.length() - 2; cut++) {
      try (RawClient raw = fixture.connect()) {
        raw.send(text.substring(0, cut));
        assertThat(raw.read().status()).isEqualTo(200);
        raw.send(text.substring(cut));
        assertThat(raw.read().status()).as("cut at %d", cut).isEqualTo(400);
      }
    }
    assertThat(intake.payloads).containsOnly("{}");
  }

  @Test
  void takesABodyThatLooksFolded() {
    String body = "{}\r\n [] \r\n\t";
    try (RawClient raw = fixture.connect()) {
      raw.send(post(body) + post(body));
      assertThat(raw.read().status()).isEqualTo(200);
      assertThat(raw.read().status()).isEqualTo(200);
      raw.send(head("Transfer-Encoding: chunked") + "\r\n5\r\n{}\r\n \r\n0\r\n\r\n");
      assertThat(raw.read().status()).isEqualTo(200);
    }
  }

  @Test
  void answersAClientThatHasShutDownItsOutput() {
    intake.holding = true;
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}")).shutdownOutput();
      intake.nextHeld().accept();
      assertThat(raw.read().body()).isEqualTo("accepted 1");
      raw.awaitClose();
    }
    intake.holding = false;
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}") + post("[]")).shutdownOutput();
      assertThat(raw.read().body()).isEqualTo("accepted 1");
      assertThat(raw.read().body()).isEqualTo("accepted 1");
      raw.awaitClose();
    }
  }

  @Test
  void givesUpARequestThatAShutDownOutputHasCutOff() {
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Content-Length: 3") + "\r\n{}").shutdownOutput();
      raw.awaitClose();
    }
    assertThat(intake.payloads).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2\n{}\r\n0\r\n\r\n",
        "2;a\nb\r\n{}\r\n0\r\n\r\n",
        "x\r\n{}\r\n0\r\n\r\n",
        "-2\r\n{}\r\n0\r\n\r\n",
        "2\r\n{}xx0\r\n\r\n",
        "ffffffffffffffff2\r\n{}\r\n0\r\n\r\n"
      })
  void refusesMalformedChunks(String chunks) {
    isRefused(400, head("Transfer-Encoding: chunked") + "\r\n" + chunks);
  }

  @Test
  void readsChunksAndTheirExtensions() {
    try (RawClient raw = fixture.connect()) {
      raw.send(
          head("Transfer-Encoding: chunked")
              + "\r\n1;name=value\r\n{\r\n1\r\n}\r\n0\r\nX-Trailer: a\r\n\r\n"
              + post("[]"));
      assertThat(raw.read().body()).isEqualTo("accepted 1");
      assertThat(raw.read().body()).isEqualTo("accepted 1");
    }
    assertThat(intake.payloads).containsExactly("{}", "[]");
  }

  @Test
  void refusesARequestLineThatIsNone() {
    isRefused(400, "\u0001\u0002\r\n\r\n");
    isRefused(400, "POST\r\n\r\n");
    isRefused(400, "POST /events extra HTTP/1.1\r\nHost: x\r\n\r\n");
    isRefused(400, "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\r\n\r\n");
  }

  @Test
  void saysWhichVersionsAreSpoken() {
    for (String version : new String[] {"HTTP/3.7", "HTTP/2.0", "HTTP/0.9"}) {
      try (RawClient raw = fixture.connect()) {
        raw.send("GET /health " + version + "\r\nHost: x\r\n\r\n");
        RawClient.Answer answer = raw.read();
        assertThat(answer.status()).as(version).isEqualTo(400);
        assertThat(answer.body()).contains("bad_request", "not " + version);
        raw.awaitClose();
      }
    }
  }

  @Test
  void doesNotSpeakHttp2() {
    try (RawClient raw = fixture.connect()) {
      raw.send("PRI * HTTP/2.0\r\n\r\n");
      raw.send("SM\r\n\r\n");
      RawClient.Answer answer = raw.read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).contains("bad_request", "not HTTP/2.0");
      raw.awaitClose();
    }
    try (RawClient raw = fixture.connect()) {
      raw.send(
          post(
              "{}",
              "Connection: Upgrade, HTTP2-Settings",
              "Upgrade: h2c",
              "HTTP2-Settings: AAMAAABkAAQAAP__"));
      assertThat(raw.read().status()).isEqualTo(200);
    }
  }

  @Test
  void doesNotSpeakWebSocket() {
    try (RawClient raw = fixture.connect()) {
      raw.send(
          "GET /events HTTP/1.1\r\n"
              + Fixture.lines(
                  "Host: x",
                  "Connection: Upgrade",
                  "Upgrade: websocket",
                  "Sec-WebSocket-Version: 13",
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                  ""));
      assertThat(raw.read().status()).isEqualTo(405);
    }
  }

  @Test
  void wantsExactlyOneHost() {
    isRefused(400, "POST /events HTTP/1.1\r\nX-API-Key: good\r\nContent-Length: 2\r\n\r\n{}");
    isRefused(400, head("Host: other", "Content-Length: 2") + "\r\n{}");
  }

  @Test
  void limitsTheRequestLine() {
    isRefused(414, "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }

  @Test
  void limitsTheBytesOfHeaders() {
    isRefused(431, head("X-Long: " + "a".repeat(20_000)) + "\r\n");
    isRefused(431, head("X".repeat(20_000) + ": a") + "\r\n");
  }

  @Test
  void limitsTheNumberOfHeaders() {
    isRefused(431, head("A: b\r\n".repeat(200) + "Content-Length: 2") + "\r\n{}");
  }

  @Test
  void refusesAQueryThatCannotBeDecoded() {
    isRefused(400, head("Content-Length: 2").replace("/events", "/events?a=%zz") + "\r\n{}");
  }

  @Test
  void refusesMoreThanOneCredential() {
    for (String second :
        List.of("X-API-Key: good", "X-API-Key: bad", "Authorization: Bearer good")) {
      try (RawClient raw = fixture.connect()) {
        raw.send(post("{}", second));
        assertThat(raw.read().status()).as(second).isEqualTo(401);
      }
    }
    assertThat(intake.permitsGranted.get()).isZero();
  }

  @Test
  void servesAPathInAbsoluteFormAndNoOtherTarget() {
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}").replace("POST /events", "POST http://test/events"));
      assertThat(raw.read().status()).isEqualTo(200);
      raw.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(raw.read().status()).isEqualTo(404);
    }
    try (RawClient raw = fixture.connect()) {
      raw.send("CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n");
      assertThat(raw.read().status()).isIn(404, 405);
    }
  }

  @Test
  void asksForABodyOnlyAfterCredentialAndPermit() {
    try (RawClient raw = fixture.connect()) {
      raw.send(head("Content-Length: 2", "Expect: 100-continue") + "\r\n");
      assertThat(raw.read().status()).isEqualTo(100);
      raw.send("{}");
      assertThat(raw.read().status()).isEqualTo(200);
      raw.send(post("{}"));
      assertThat(raw.read().status()).isEqualTo(200);
    }
  }

  @Test
  void doesNotAskForABodyThatItRefuses() {
    intake.payloads.clear();
    String unknown = head("Content-Length: 2", "Expect: 100-continue").replace("good", "bad");
    isRefused(401, unknown + "\r\n");
    isRefused(413, head("Content-Length: 99999999", "Expect: 100-continue") + "\r\n");
    isRefused(
        404, "POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assertThat(intake.permitsGranted.get()).isZero();
  }

  @Test
  void keepsTheConnectionAfterARefusalWithASmallBody() {
    try (RawClient raw = fixture.connect()) {
      raw.send(post("{}").replace("good", "bad") + post("[]"));
      assertThat(raw.read().status()).isEqualTo(401);
      assertThat(raw.read().status()).isEqualTo(200);
    }
    assertThat(intake.payloads).containsExactly("[]");
  }
}
