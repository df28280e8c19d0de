package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.RequestHead;
import java.util.Locale;
import java.util.Optional;

/// How the events of a body stand in it, as its Content-Type says.
///
/// A missing type is taken for JSON, and so is `application/x-www-form-urlencoded`: it is what
/// `curl -d` sends when it is not told otherwise. A charset other than UTF-8 is refused.
enum BodyFormat {
  /// One JSON document.
  DOCUMENT,
  /// One JSON document per line.
  LINES,
  /// Neither.
  UNKNOWN;

  /// What may be sent, for the one who sent something else.
  static final String KNOWN_TYPES =
      "the Content-Type is not read here; send application/json, or application/x-ndjson for one"
          + " event per line, in UTF-8";

  static BodyFormat of(RequestHead head) {
    if (head.headerCount("Content-Type") > 1) {
      return UNKNOWN;
    }
    Optional<String> type = head.header("Content-Type");
    return type.isEmpty() ? DOCUMENT : of(type.get());
  }

  private static BodyFormat of(String contentType) {
    if (contentType.equals("application/json")) { // nearly always
      return DOCUMENT;
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("charset=") && !isUtf8(parameter.substring(8))) {
        return UNKNOWN;
      }
    }
    return switch (parts[0].strip()) {
      case "", "application/json", "text/json", "application/x-www-form-urlencoded" -> DOCUMENT;
      case "application/x-ndjson", "application/ndjson", "application/jsonl" -> LINES;
      default -> UNKNOWN;
    };
  }

  /// ASCII is UTF-8 too.
  private static boolean isUtf8(String charset) {
    String name = charset.replace("\"", "").strip();
    return name.equals("utf-8") || name.equals("utf8") || name.equals("us-ascii");
  }
}
