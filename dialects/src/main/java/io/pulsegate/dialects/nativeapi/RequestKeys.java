package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What the headers of a request say about its events. An event's own field goes first.
///
/// @param idempotencyKey from `Idempotency-Key`, with or without the quotes that its draft standard
///   (draft-ietf-httpapi-idempotency-key-header) wants; only for a request of one event
/// @param traceId from `traceparent` (W3C Trace Context); a malformed one is ignored, as its
///   standard asks
record RequestKeys(Optional<byte[]> idempotencyKey, Optional<byte[]> traceId) {
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final int TRACE_ID_FROM = 3;
  private static final int TRACE_ID_TO = 35;
  private static final int TRACEPARENT_LENGTH = 55;

  static RequestKeys of(RequestHead head) {
    return new RequestKeys(
        head.header(IDEMPOTENCY_KEY)
            .map(RequestKeys::unquoted)
            .filter(key -> !key.isEmpty())
            .map(key -> key.getBytes(StandardCharsets.UTF_8)),
        head.headerCount("traceparent") == 1
            ? head.header("traceparent").flatMap(RequestKeys::traceId)
            : Optional.empty());
  }

  private static String unquoted(String value) {
    String key = value.strip();
    boolean quoted = key.length() >= 2 && key.startsWith("\"") && key.endsWith("\"");
    return quoted ? key.substring(1, key.length() - 1) : key;
  }

  /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; later versions may go on behind it.
  private static Optional<byte[]> traceId(String value) {
    String parent = value.strip();
    boolean wellFormed =
        parent.length() >= TRACEPARENT_LENGTH
            && isHex(parent, 0, 2)
            && parent.charAt(2) == '-'
            && isHex(parent, TRACE_ID_FROM, TRACE_ID_TO)
            && parent.charAt(TRACE_ID_TO) == '-'
            && isHex(parent, 36, 52)
            && parent.charAt(52) == '-'
            && isHex(parent, 53, TRACEPARENT_LENGTH)
            && hasLengthOfVersion(parent);
    if (!wellFormed) {
      return Optional.empty();
    }
    String id = parent.substring(TRACE_ID_FROM, TRACE_ID_TO);
    boolean none = id.chars().allMatch(c -> c == '0');
    return none ? Optional.empty() : Optional.of(id.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean hasLengthOfVersion(String parent) {
    if (parent.startsWith("ff")) {
      return false;
    }
    return parent.length() == TRACEPARENT_LENGTH
        || (!parent.startsWith("00") && parent.charAt(TRACEPARENT_LENGTH) == '-');
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }
}
