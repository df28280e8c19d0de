package io.pulsegate.ingress.http;

import static io.pulsegate.ingress.http.Fixture.head;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.pulsegate.api.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Packed bodies over a real connection.
class EncodedBodyTest {
  private final Fixture fixture = new Fixture();
  private final FakeIntake intake = fixture.intake;

  @AfterEach
  void close() {
    fixture.close();
    assertThat(intake.permitsClosed.get()).isEqualTo(intake.permitsGranted.get());
    assertThat(intake.closedTwice.get()).isZero();
  }

  private RawClient.Answer post(byte[] body, String... headers) {
    try (RawClient raw = fixture.connect()) {
      raw.send(head(headers) + "Content-Length: " + body.length + "\r\n\r\n").send(body);
      return raw.read();
    }
  }

  private static byte[] lines(int count) {
    return ("{\"a\":\"" + "x".repeat(92) + "\"}\n")
        .repeat(count)
        .getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 10_000})
  void inflatesGzipAndZstd(int count) {
    String accepted = "accepted " + count;
    byte[] plain = lines(count);
    assertThat(post(InflateTest.gzip(plain), "Content-Encoding: gzip").body()).isEqualTo(accepted);
    assertThat(post(InflateTest.gzip(plain), "Content-Encoding: X-GZIP").body())
        .isEqualTo(accepted);
    assertThat(post(Zstd.compress(plain), "Content-Encoding: zstd").body()).isEqualTo(accepted);
    assertThat(post(plain, "Content-Encoding: identity").body()).isEqualTo(accepted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Encoding: br",
        "Content-Encoding: deflate",
        "Content-Encoding: snappy",
        "Content-Encoding: gzip, gzip",
        "Content-Encoding: gzip\r\nContent-Encoding: gzip",
        "Content-Encoding: identity, gzip",
        "Content-Encoding:"
      })
  void refusesOtherEncodings(String header) {
    RawClient.Answer answer = post(lines(1), header);
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.body()).startsWith("unsupported_encoding");
    assertThat(intake.permitsGranted.get()).isZero();
  }

  @Test
  void refusesDamagedData() {
    byte[] packed = InflateTest.gzip(lines(10));
    packed[packed.length - 5]++;
    RawClient.Answer gzip = post(packed, "Content-Encoding: gzip");
    assertThat(gzip.status()).isEqualTo(400);
    assertThat(gzip.body()).startsWith("bad_encoding");
    assertThat(post(lines(10), "Content-Encoding: zstd").status()).isEqualTo(400);
    assertThat(intake.payloads).isEmpty();
  }

  @Test
  void refusesABombSmallOrLarge() {
    for (int size : new int[] {33 << 20, 200 << 20}) {
      RawClient.Answer gzip = post(InflateTest.gzip(new byte[size]), "Content-Encoding: gzip");
      assertThat(gzip.status()).isEqualTo(413);
      RawClient.Answer zstd = post(Zstd.compress(new byte[size]), "Content-Encoding: zstd");
      assertThat(zstd.status()).isEqualTo(413);
      assertThat(zstd.body()).startsWith("body_too_large");
    }
    assertThat(intake.bytesAdmitted.get()).isLessThan(200L << 20);
    assertThat(intake.payloads).isEmpty();
  }

  @Test
  void asksForRoomForWhatIsInflated() {
    byte[] plain = lines(10_000);
    byte[] packed = InflateTest.gzip(plain);
    intake.bytesMax.set(500_000);
    RawClient.Answer answer = post(packed, "Content-Encoding: gzip");
    assertThat(answer.status()).isEqualTo(429);
    assertThat(intake.payloads).isEmpty();
  }

  @Test
  void aBodyThatIsInflatedTwiceIsPermittedOnce() {
    byte[] plain = lines(10_000);
    byte[] packed = InflateTest.gzip(plain);
    assertThat(packed.length).isLessThan(16_384);
    assertThat(post(packed, "Content-Encoding: gzip").status()).isEqualTo(200);
    assertThat(intake.bytesAdmitted.get() - packed.length).isEqualTo(bufferFor(packed));
  }

  /// What inflating in one go takes.
  private static long bufferFor(byte[] packed) {
    var permitted = new AtomicLong();
    var bounds =
        new InflateBuffer.Bounds(
            32 << 20,
            100,
            bytes -> {
              permitted.addAndGet(bytes);
              return true;
            });
    Bytes body = Bytes.of(packed);
    assertThat(Unpacker.unpack(Encoding.GZIP, body, bounds)).isInstanceOf(Inflated.Whole.class);
    return permitted.get();
  }
}
