package io.pulsegate.ingress.http;

import java.util.concurrent.ConcurrentHashMap;

/// Counts requests without a valid credential by client and second, so that guessing keys is slow.
/// Requests with a valid one are never counted, whoever shares the address. Any thread.
final class RefusalLimiter {
  private static final int CLIENTS_MAX = 8_192;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private record Window(long second, int count) {}

  private final int perSecondMax;
  private final ConcurrentHashMap<String, Window> windows = new ConcurrentHashMap<>();

  RefusalLimiter(int perSecondMax) {
    this.perSecondMax = perSecondMax;
  }

  /// Counts one; false where this client had too many in this second.
  boolean allows(String client, long nowNanos) {
    long second = Math.floorDiv(nowNanos, NANOS_PER_SECOND);
    if (windows.size() >= CLIENTS_MAX) {
      windows.values().removeIf(window -> window.second() != second);
    }
    if (windows.size() >= CLIENTS_MAX && !windows.containsKey(client)) {
      return false;
    }
    Window window =
        windows.merge(
            client,
            new Window(second, 1),
            (old, one) -> old.second() == second ? new Window(second, old.count() + 1) : one);
    return window.count() <= perSecondMax;
  }
}
