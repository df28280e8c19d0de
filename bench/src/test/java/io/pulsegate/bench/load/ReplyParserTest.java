package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.bench.load.ServerReply.Rejected;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplyParserTest {
  private static final String BODY =
      "{\"accepted\":97,\"duplicates\":1,\"rejected\":[{\"index\":3,\"code\":\"missing_event_type\","
          + "\"reason\":\"a {brace and \\\"index\\\":9,\\\"code\\\":\\\"x\\\"\"},"
          + "{\"index\":41,\"code\":\"too_deep\",\"reason\":\"\"}],\"durability\":\"disk\"}";

  @Test
  void readsAReplyThatComesByteByByte() throws ReplyParser.BadReply {
    var parser = new ReplyParser();
    byte[] bytes = reply("200 OK", "", BODY);
    for (int i = 0; i < bytes.length - 1; i++) {
      parser.add(ByteBuffer.wrap(bytes, i, 1));
      assertThat(parser.next()).isEmpty();
    }
    parser.add(ByteBuffer.wrap(bytes, bytes.length - 1, 1));
    var reply = parser.next().orElseThrow();
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.accepted()).isEqualTo(97);
    assertThat(reply.duplicates()).isEqualTo(1);
    assertThat(reply.rejected())
        .containsExactly(new Rejected(3, "missing_event_type"), new Rejected(41, "too_deep"));
    assertThat(reply.acknowledges(100)).isTrue();
    assertThat(parser.next()).isEmpty();
  }

  @Test
  void acknowledgesNothingWhereTheCountsDoNotAddUp() throws ReplyParser.BadReply {
    var reply = parse(reply("200 OK", "", "{\"accepted\":99,\"duplicates\":0,\"rejected\":[]}"));
    assertThat(reply.acknowledges(100)).isFalse();
    assertThat(parse(reply("200 OK", "", "{}")).acknowledges(1)).isFalse();
    assertThat(parse(reply("503 No", "", "{\"accepted\":1,\"duplicates\":0}")).acknowledges(1))
        .isFalse();
  }

  @Test
  void readsWhenToComeAgainAndWhy() throws ReplyParser.BadReply {
    var reply =
        parse(
            reply(
                "429 Too Many Requests",
                "retry-AFTER: 7\r\nConnection: Close\r\n",
                "{\"error\":{\"code\": \"throttled\",\"message\":\"…\"}}"));
    assertThat(reply.retryAfterMillis()).isEqualTo(7000);
    assertThat(reply.closes()).isTrue();
    assertThat(reply.code()).isEqualTo("throttled");
    assertThat(reply.isWorthRetrying()).isTrue();
  }

  @Test
  void keepsWhatFollowsForTheNextReply() throws ReplyParser.BadReply {
    var parser = new ReplyParser();
    byte[] first = reply("200 OK", "", "{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}");
    byte[] second = reply("401 Unauthorized", "", "{}");
    parser.add(ByteBuffer.allocate(4096).put(first).put(second).flip());
    assertThat(parser.next()).map(ServerReply::status).isEqualTo(Optional.of(200));
    assertThat(parser.next()).map(ServerReply::status).isEqualTo(Optional.of(401));
    assertThat(parser.next()).isEmpty();
  }

  @Test
  void refusesWhatItCannotDelimit() {
    assertThatThrownBy(() -> parse("HTTP/1.1 200 OK\r\n\r\n{}".getBytes(UTF_8)))
        .hasMessageContaining("Content-Length");
    assertThatThrownBy(() -> parse("SSH-2.0-OpenSSH_9\r\n\r\n".getBytes(UTF_8)))
        .hasMessageContaining("not HTTP/1.1");
    assertThatThrownBy(() -> parse("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n".getBytes(UTF_8)))
        .hasMessageContaining("no number");
  }

  private static ServerReply parse(byte[] bytes) throws ReplyParser.BadReply {
    var parser = new ReplyParser();
    parser.add(ByteBuffer.wrap(bytes));
    return parser.next().orElseThrow();
  }

  private static byte[] reply(String status, String headers, String body) {
    return ("HTTP/1.1 "
            + status
            + "\r\nContent-Type: application/json\r\n"
            + headers
            + "CONTENT-length: "
            + body.getBytes(UTF_8).length
            + "\r\n\r\n"
            + body)
        .getBytes(UTF_8);
  }
}
