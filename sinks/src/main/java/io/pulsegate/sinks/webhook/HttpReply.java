package io.pulsegate.sinks.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The head of an HTTP/1.1 reply (RFC 9112), and how to get over its body.
///
/// @param headers by name in lower case; of several with one name the first
record HttpReply(int status, boolean keepsAlive, Map<String, String> headers) {
  private static final int HEAD_BYTES_MAX = 16 << 10;
  private static final int INTERIM_MAX = 5;

  Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /// Reads heads until the final one.
  static HttpReply read(InputStream in) throws IOException {
    for (int i = 0; i <= INTERIM_MAX; i++) {
      HttpReply reply = readOne(new LineReader(in, HEAD_BYTES_MAX));
      if (reply.status >= 200) {
        return reply;
      }
    }
    throw new IOException("the endpoint sent more than %d interim replies".formatted(INTERIM_MAX));
  }

  private static HttpReply readOne(LineReader lines) throws IOException {
    String[] parts = lines.next().split(" ", 3);
    if (parts.length < 2
        || !parts[0].matches("HTTP/1\\.[01]")
        || !parts[1].matches("[1-9]\\d\\d")) {
      throw new IOException("the endpoint does not speak HTTP/1.1");
    }
    var headers = new HashMap<String, String>();
    for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.putIfAbsent(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
    boolean keepsAlive =
        parts[0].equals("HTTP/1.1")
            ? !connection.contains("close")
            : connection.contains("keep-alive");
    return new HttpReply(Integer.parseInt(parts[1]), keepsAlive, Map.copyOf(headers));
  }

  /// Reads the body and forgets it.
  ///
  /// @return whether it was read to its end within the limit, so that the connection can be used
  ///   again
  boolean skipBody(InputStream in, int bytesMax) throws IOException {
    if (status == 204 || status == 304) {
      return true;
    }
    if (header("transfer-encoding").isPresent()) {
      return header("transfer-encoding").get().equalsIgnoreCase("chunked")
          && skipChunks(in, bytesMax);
    }
    Optional<Long> length = header("content-length").flatMap(HttpReply::length);
    if (length.isEmpty()) {
      return false; // until the connection closes: nothing to wait for
    }
    return length.get() <= bytesMax && skip(in, length.get());
  }

  private static boolean skipChunks(InputStream in, int bytesMax) throws IOException {
    var lines = new LineReader(in, HEAD_BYTES_MAX);
    long read = 0;
    while (true) {
      String size = lines.next().split(";", 2)[0].strip();
      if (!size.matches("[0-9a-fA-F]{1,8}")) {
        return false;
      }
      long bytes = Long.parseLong(size, 16);
      read += bytes;
      if (read > bytesMax) {
        return false;
      }
      if (bytes == 0) {
        while (!lines.next().isEmpty()) {
          // Trailers say nothing that matters here.
        }
        return true;
      }
      if (!skip(in, bytes) || !lines.next().isEmpty()) {
        return false;
      }
    }
  }

  private static boolean skip(InputStream in, long bytes) throws IOException {
    return in.readNBytes((int) bytes).length == bytes;
  }

  private static Optional<Long> length(String text) {
    return text.matches("\\d{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /// Lines that end in CRLF or LF, at most so many bytes of them in all.
  private static final class LineReader {
    private final InputStream in;
    private int bytesLeft;

    LineReader(InputStream in, int bytesMax) {
      this.in = in;
      this.bytesLeft = bytesMax;
    }

    String next() throws IOException {
      var line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new IOException("the endpoint closed the connection before its reply was complete");
        }
        if (--bytesLeft < 0) {
          throw new IOException("the endpoint's reply has too large a head");
        }
        line.append((char) b);
      }
      int end = line.length();
      if (end > 0 && line.charAt(end - 1) == '\r') {
        end--;
      }
      return line.substring(0, end);
    }
  }

  /// A request's head.
  static byte[] requestHead(HttpTarget target, Map<String, String> headers, int bodyBytes) {
    var head = new StringBuilder("POST ").append(target.path()).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(target.authority()).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(bodyBytes).append("\r\n\r\n");
    return head.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
