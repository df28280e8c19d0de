package io.pulsegate.ingress.http;

import io.pulsegate.api.RequestHead;
import java.util.Locale;
import java.util.Optional;

/// How a body is packed.
enum Encoding {
  IDENTITY,
  GZIP,
  ZSTD;

  /// What `Content-Encoding` says; empty where it is none of these, or names more than one.
  static Optional<Encoding> of(RequestHead head) {
    int count = head.headerCount("Content-Encoding");
    if (count == 0) {
      return Optional.of(IDENTITY);
    }
    if (count > 1) {
      return Optional.empty();
    }
    return switch (head.header("Content-Encoding").orElse("").strip().toLowerCase(Locale.ROOT)) {
      case "identity" -> Optional.of(IDENTITY);
      case "gzip", "x-gzip" -> Optional.of(GZIP);
      case "zstd" -> Optional.of(ZSTD);
      default -> Optional.empty();
    };
  }
}
