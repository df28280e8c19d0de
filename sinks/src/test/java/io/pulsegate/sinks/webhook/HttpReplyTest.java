package io.pulsegate.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpReplyTest {
  @Test
  void readsAHeadAndSkipsABodyOfKnownLength() throws IOException {
    InputStream in = stream("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-A:  b \r\n\r\nabcNEXT");
    HttpReply reply = HttpReply.read(in);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.keepsAlive()).isTrue();
    assertThat(reply.header("x-a")).hasValue("b");
    assertThat(reply.skipBody(in, 100)).isTrue();
    assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("NEXT");
  }

  @Test
  void skipsInterimRepliesAndChunks() throws IOException {
    InputStream in =
        stream(
            "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;x=y\r\nabc\r\n0\r\nTrailer: t\r\n\r\nNEXT");
    HttpReply reply = HttpReply.read(in);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.skipBody(in, 100)).isTrue();
    assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("NEXT");
  }

  @Test
  void boundsTheBody() throws IOException {
    for (String head :
        new String[] {
          "Content-Length: 101\r\n\r\n" + "x".repeat(101),
          "Transfer-Encoding: chunked\r\n\r\nffffffff\r\nxxx",
          "Transfer-Encoding: gzip\r\n\r\nxxx",
          "\r\nuntil the end"
        }) {
      InputStream in = stream("HTTP/1.1 200 OK\r\n" + head);
      assertThat(HttpReply.read(in).skipBody(in, 100)).isFalse();
    }
  }

  @Test
  void boundsTheHead() {
    assertThatThrownBy(() -> HttpReply.read(stream("HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000))))
        .hasMessageContaining("too large a head");
    assertThatThrownBy(() -> HttpReply.read(stream("HTTP/1.1 100 C\r\n\r\n".repeat(100))))
        .hasMessageContaining("interim");
  }

  @Test
  void refusesWhatIsNotHttp() {
    for (String text :
        new String[] {"SSH-2.0-x\r\n\r\n", "HTTP/1.1\r\n\r\n", "", "HTTP/2 200\r\n"}) {
      assertThatThrownBy(() -> HttpReply.read(stream(text))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void doesNotKeepWhatTheEndpointCloses() throws IOException {
    assertThat(HttpReply.read(stream("HTTP/1.0 200 OK\r\n\r\n")).keepsAlive()).isFalse();
    assertThat(HttpReply.read(stream("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")).keepsAlive())
        .isFalse();
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
