package io.pulsegate.api;

import java.util.Map;

/// The answer to a request.
///
/// @param headers beside the content type, such as `Retry-After`
/// @param body UTF-8; shared, not copied
public record Reply(int status, String contentType, Map<String, String> headers, Bytes body) {
  public Reply {
    headers = Map.copyOf(headers);
  }

  /// A JSON answer without further headers.
  public static Reply json(int status, Bytes body) {
    return new Reply(status, "application/json", Map.of(), body);
  }
}
