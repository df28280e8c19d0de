package io.pulsegate.bench.load;

import java.util.List;

/// What the server answered to one request.
///
/// @param retryAfterMillis what `Retry-After` asks for; -1 where it is absent
/// @param closes whether the server closes the connection after it
/// @param accepted events taken now; -1 where the body does not say
/// @param duplicates events that were there already; -1 where the body does not say
/// @param code why the whole request was refused; empty where the body does not say
record ServerReply(
    int status,
    long retryAfterMillis,
    boolean closes,
    int accepted,
    int duplicates,
    String code,
    List<Rejected> rejected) {
  /// One event that was refused while others were taken.
  record Rejected(int index, String code) {}

  ServerReply {
    rejected = List.copyOf(rejected);
  }

  /// Whether it acknowledges every event of a request of `batch` that it does not list as rejected.
  boolean acknowledges(int batch) {
    return status / 100 == 2
        && accepted >= 0
        && duplicates >= 0
        && accepted + duplicates + rejected.size() == batch;
  }

  /// Whether the same request may be taken later.
  boolean isWorthRetrying() {
    return status == 408 || status == 429 || status >= 500;
  }
}
