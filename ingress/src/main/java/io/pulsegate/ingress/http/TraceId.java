package io.pulsegate.ingress.http;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The id by which a request is found again in logs: 32 hexadecimal digits.
final class TraceId {
  /// Where it stands in a reply.
  static final String HEADER = "X-Trace-Id";

  /// Where a client may name it.
  static final String PARENT = "traceparent";

  /// W3C Trace Context, level 1: version, trace id, parent id, flags; later versions may add more.
  private static final Pattern TRACEPARENT =
      Pattern.compile(
          "(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

  private TraceId() {}

  /// The trace id of a `traceparent` header, or a new one where that is missing or malformed.
  static String of(Optional<String> traceparent) {
    return traceparent
        .map(TRACEPARENT::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .orElseGet(TraceId::made);
  }

  private static String made() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong() | 1);
  }
}
