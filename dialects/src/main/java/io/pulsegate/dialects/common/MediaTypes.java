package io.pulsegate.dialects.common;

import io.pulsegate.api.RequestHead;
import java.util.Locale;
import java.util.Optional;

/// Which bodies are read as JSON, whatever their Content-Type calls them.
///
/// A missing type is, and `text/plain`, which is what `navigator.sendBeacon` sends without asking
/// first, and `application/x-www-form-urlencoded`, which is what `curl -d` sends.
public final class MediaTypes {
  /// What may be sent, for the one who sent something else.
  public static final String KNOWN =
      "the Content-Type is not read here; send application/json in UTF-8";

  private MediaTypes() {}

  /// Whether the body is to be read as JSON.
  public static boolean isJson(RequestHead head) {
    Optional<String> type = head.header("Content-Type");
    return head.headerCount("Content-Type") <= 1
        && (type.isEmpty() || type.get().equals("application/json") || isJson(type.get()));
  }

  private static boolean isJson(String contentType) {
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip().replace("\"", "");
      if (parameter.startsWith("charset=") && !parameter.matches("charset=\\s*(utf-?8|us-ascii)")) {
        return false;
      }
    }
    String type = parts[0].strip();
    return switch (type) {
      case "", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded" ->
          true;
      default -> type.startsWith("application/") && type.endsWith("+json");
    };
  }
}
