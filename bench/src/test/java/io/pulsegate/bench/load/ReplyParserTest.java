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
    var parser = new ReplyParser(WireFormat.NATIVE);
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
    var parser = new ReplyParser(WireFormat.NATIVE);
    byte[] first = reply("200 OK", "", "{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}");
    byte[] second = reply("401 Unauthorized", "", "{}");
    parser.add(ByteBuffer.allocate(4096).put(first).put(second).flip());
    assertThat(parser.next()).map(ServerReply::status).isEqualTo(Optional.of(200));
    assertThat(parser.next()).map(ServerReply::status).isEqualTo(Optional.of(401));
    assertThat(parser.next()).isEmpty();
  }

  @Test
  void readsWhatEachSystemAcknowledges() throws ReplyParser.BadReply {
    assertThat(
            acknowledged(
                WireFormat.KAASINO,
                "202 Accepted",
                "{\"accepted\":3,\"duplicates\":2,\"rejected\":[]}"))
        .isTrue();
    assertThat(
            acknowledged(
                WireFormat.EVENT_COLLECTOR,
                "200 OK",
                "{\"accepted_count\":5,\"rejected_count\":0}"))
        .isTrue();
    assertThat(
            acknowledged(
                WireFormat.EVENT_COLLECTOR,
                "207 Multi-Status",
                "{\"accepted_count\":4,\"rejected_count\":1}"))
        .isFalse();
    assertThat(acknowledged(WireFormat.COLLECTION, "200 OK", "{\"events_processed\":5}")).isTrue();
    assertThat(acknowledged(WireFormat.COLLECTION, "200 OK", "{\"status\":\"accepted\"}"))
        .isFalse();
    assertThat(parse(WireFormat.PULSEMETRICS, reply("202 Accepted", "", "")).acknowledges(1))
        .isTrue();
    assertThat(parse(WireFormat.PULSEMETRICS, reply("503 No", "", "")).acknowledges(1)).isFalse();
  }

  private static boolean acknowledged(WireFormat wire, String status, String body)
      throws ReplyParser.BadReply {
    return parse(wire, reply(status, "", body)).acknowledges(5);
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
    return parse(WireFormat.NATIVE, bytes);
  }

  private static ServerReply parse(WireFormat wire, byte[] bytes) throws ReplyParser.BadReply {
    var parser = new ReplyParser(wire);
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
