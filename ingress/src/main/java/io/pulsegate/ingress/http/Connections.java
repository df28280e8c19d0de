package io.pulsegate.ingress.http;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts open connections, altogether and by client. Any thread.
final class Connections {
  private final int max;
  private final int perClientMax;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentHashMap<String, Integer> byClient = new ConcurrentHashMap<>();

  Connections(int max, int perClientMax) {
    this.max = max;
    this.perClientMax = perClientMax;
  }

  /// Takes a place, or names the limit that is reached and takes none.
  Optional<String> take(String client) {
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      return Optional.of("all");
    }
    if (byClient.merge(client, 1, Integer::sum) > perClientMax) {
      release(client);
      return Optional.of("address");
    }
    return Optional.empty();
  }

  void release(String client) {
    byClient.computeIfPresent(client, (c, count) -> count == 1 ? null : count - 1);
    open.decrementAndGet();
  }

  int open() {
    return open.get();
  }
}
