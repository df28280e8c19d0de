package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.bench.load.ServerReply.Rejected;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Collects the bytes of one connection's replies and reads what a load generator needs from them.
/// Only what is common in answers of this kind is understood: HTTP/1.1 with a Content-Length.
final class ReplyParser {
  private static final int REPLY_BYTES_MAX = 8 << 20;
  private static final byte[] HEAD_END = ascii("\r\n\r\n");
  private static final byte[] CONTENT_LENGTH = ascii("\r\ncontent-length:");
  private static final byte[] RETRY_AFTER = ascii("\r\nretry-after:");
  private static final byte[] CONNECTION_CLOSE = ascii("\r\nconnection: close");
  private static final byte[] REJECTED = ascii("\"rejected\":");
  private static final byte[] QUOTE = ascii("\"");
  private static final byte[] CODE = ascii("\"code\":");
  private static final Pattern REJECTION =
      Pattern.compile("\"index\":\\s*(\\d+)\\s*,\\s*\"code\":\\s*\"(\\w+)\"");

  private final Optional<byte[]> accepted;
  private final Optional<byte[]> duplicates;
  private byte[] bytes = new byte[1024];
  private int size;

  /// @param wire in which words counts stand in the replies
  ReplyParser(WireFormat wire) {
    accepted = wire.acceptedField().map(ReplyParser::mark);
    duplicates = wire.duplicatesField().map(ReplyParser::mark);
  }

  private static byte[] mark(String field) {
    return ascii('"' + field + "\":");
  }

  /// Thrown when the other side does not speak HTTP as expected.
  static final class BadReply extends Exception {
    BadReply(String message) {
      super(message);
    }
  }

  /// Forgets what was collected: a new connection begins.
  void clear() {
    size = 0;
  }

  /// Takes what was just read.
  void add(ByteBuffer source) throws BadReply {
    int more = source.remaining();
    if (size + more > REPLY_BYTES_MAX) {
      throw new BadReply("a reply of more than " + REPLY_BYTES_MAX + " bytes");
    }
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
    source.get(bytes, size, more);
    size += more;
  }

  /// The next whole reply, if it is there.
  Optional<ServerReply> next() throws BadReply {
    int headEnd = find(HEAD_END, 0, size);
    if (headEnd < 0) {
      return Optional.empty();
    }
    if (size < 13 || bytes[0] != 'H' || bytes[8] != ' ') {
      throw new BadReply("an answer that is not HTTP/1.1");
    }
    int status = (int) number(9, size);
    int lengthAt = find(CONTENT_LENGTH, 0, headEnd);
    if (lengthAt < 0) {
      throw new BadReply("a reply without Content-Length");
    }
    long lengthBytes = number(lengthAt + CONTENT_LENGTH.length, headEnd);
    if (lengthBytes < 0) {
      throw new BadReply("a Content-Length that is no number");
    }
    int bodyFrom = headEnd + HEAD_END.length;
    long bodyTo = bodyFrom + lengthBytes;
    if (size < bodyTo) {
      return Optional.empty();
    }
    var reply = read(status, headEnd, bodyFrom, (int) bodyTo);
    System.arraycopy(bytes, (int) bodyTo, bytes, 0, size - (int) bodyTo);
    size -= (int) bodyTo;
    return Optional.of(reply);
  }

  private ServerReply read(int status, int headEnd, int bodyFrom, int bodyTo) {
    int retryAt = find(RETRY_AFTER, 0, headEnd);
    return new ServerReply(
        status,
        retryAt < 0 ? -1 : 1000 * number(retryAt + RETRY_AFTER.length, headEnd),
        find(CONNECTION_CLOSE, 0, headEnd) >= 0,
        accepted.map(field -> (int) field(field, bodyFrom, bodyTo)).orElse(1),
        duplicates.map(field -> (int) field(field, bodyFrom, bodyTo)).orElse(0),
        status < 400 ? "" : code(bodyFrom, bodyTo),
        rejected(bodyFrom, bodyTo));
  }

  private long field(byte[] name, int from, int to) {
    int at = find(name, from, to);
    return at < 0 ? -1 : number(at + name.length, to);
  }

  private List<Rejected> rejected(int from, int to) {
    int at = find(REJECTED, from, to);
    if (at < 0 || nextVisible(at + REJECTED.length + 1, to) == ']') {
      return List.of();
    }
    // Rare, so it may be slow. Reasons are JSON text: an inner quote is escaped and matches
    // nothing.
    var text = new String(bytes, at, to - at, UTF_8);
    return REJECTION
        .matcher(text)
        .results()
        .map(match -> new Rejected(Integer.parseInt(match.group(1)), match.group(2)))
        .toList();
  }

  /// The word behind `"code":`, of a request refused whole.
  private String code(int from, int to) {
    int at = find(CODE, from, to);
    int start = at < 0 ? -1 : find(QUOTE, at + CODE.length, to);
    int end = start < 0 ? -1 : find(QUOTE, start + 1, to);
    return end < 0 ? "" : new String(bytes, start + 1, end - start - 1, UTF_8);
  }

  private int nextVisible(int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] > ' ') {
        return bytes[i];
      }
    }
    return -1;
  }

  /// The digits at `from`, after spaces; -1 where there are none.
  private long number(int from, int to) {
    int at = from;
    while (at < to && bytes[at] == ' ') {
      at++;
    }
    int start = at;
    long value = 0;
    while (at < to && at - start < 15 && bytes[at] >= '0' && bytes[at] <= '9') {
      value = 10 * value + (bytes[at++] - '0');
    }
    return at == start ? -1 : value;
  }

  /// Where the mark stands, letters in either case; the mark itself is in lower case.
  private int find(byte[] mark, int from, int to) {
    byte first = mark[0];
    for (int i = from; i <= to - mark.length; i++) {
      if (bytes[i] == first && matches(mark, i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean matches(byte[] mark, int at) {
    for (int i = 1; i < mark.length; i++) {
      byte b = bytes[at + i];
      if (mark[i] != b && (b < 'A' || b > 'Z' || mark[i] != b + 32)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
