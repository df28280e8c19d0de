package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import java.util.Map;

/// A page.
///
/// @param headers beside the content type
public record PageReply(int status, String contentType, Map<String, String> headers, Bytes body) {
  public PageReply {
    headers = Map.copyOf(headers);
  }

  /// A JSON page.
  public static PageReply json(int status, Bytes body) {
    return new PageReply(status, "application/json", Map.of(), body);
  }

  /// A page of plain text.
  public static PageReply text(int status, String body) {
    return new PageReply(status, "text/plain; charset=utf-8", Map.of(), Bytes.of(body));
  }
}
