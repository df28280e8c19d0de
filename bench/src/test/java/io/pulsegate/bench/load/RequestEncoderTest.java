package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class RequestEncoderTest {
  private static final Target TARGET = Target.of("http://127.0.0.1:8080", "demo");
  private static final byte[] TIME = "2026-11-20T20:00:00.123Z".getBytes(US_ASCII);

  @Test
  void sendsTheSameBytesAgainAfterAPartialWrite() {
    try (var encoder = encoder(false)) {
      byte[] whole = rest(encoder.encode(5, TIME).duplicate());
      ByteBuffer request = encoder.again();
      request.position(request.limit() / 2);
      assertThat(rest(encoder.again())).isEqualTo(whole);
    }
  }

  @Test
  void saysHowLongTheBodyIs() {
    try (var encoder = encoder(false)) {
      var text = new String(rest(encoder.encode(5, TIME)), UTF_8);
      int bodyFrom = text.indexOf("\r\n\r\n") + 4;
      assertThat(text)
          .startsWith("POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-API-Key: demo\r\n")
          .contains("\r\nContent-Length: " + (text.length() - bodyFrom) + "\r\n\r\n[");
    }
  }

  @Test
  void compressesTheBodyItWouldHaveSent() throws IOException {
    try (var plain = encoder(false);
        var packed = encoder(true)) {
      for (long sequence : new long[] {0, 1000, 5}) {
        byte[] request = rest(packed.encode(sequence, TIME));
        assertThat(new String(request, UTF_8)).contains("Content-Encoding: gzip\r\n");
        assertThat(gunzip(body(request))).isEqualTo(body(rest(plain.encode(sequence, TIME))));
      }
    }
  }

  private static RequestEncoder encoder(boolean gzip) {
    return new RequestEncoder(
        TARGET, new Payload(EventShape.DEFAULT, 10, gzip, 0, 1), new SplittableRandom(1));
  }

  private static byte[] rest(ByteBuffer buffer) {
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] body(byte[] request) {
    var text = new String(request, java.nio.charset.StandardCharsets.ISO_8859_1);
    int from = text.indexOf("\r\n\r\n") + 4;
    return java.util.Arrays.copyOfRange(request, from, request.length);
  }

  private static byte[] gunzip(byte[] packed) throws IOException {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return in.readAllBytes();
    }
  }
}
