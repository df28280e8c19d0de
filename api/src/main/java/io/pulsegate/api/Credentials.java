package io.pulsegate.api;

import java.util.Optional;

/// Where a key stands in a request.
public final class Credentials {
  private static final String BEARER = "bearer ";

  private Credentials() {}

  /// The key in `X-API-Key` or `Authorization: Bearer`. A request that brings more than one key
  /// brings none: it is not for us to choose.
  public static Optional<String> of(RequestHead head) {
    if (head.headerCount("X-API-Key") + head.headerCount("Authorization") > 1) {
      return Optional.empty();
    }
    return head.header("X-API-Key")
        .or(() ->
            head.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip()))
        .filter(key -> !key.isEmpty());
  }
}
