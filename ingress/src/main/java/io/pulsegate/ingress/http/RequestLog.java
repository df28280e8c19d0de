package io.pulsegate.ingress.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Log lines about single requests: server faults and slow ones, at most ten a second; how many
/// were left out stands in the next line. Never a payload, a key, a query or a header. Any thread.
final class RequestLog {
  private static final Logger LOG = System.getLogger(RequestLog.class.getName());
  private static final int LINES_PER_SECOND_MAX = 10;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final long SLOW_NANOS = 5 * NANOS_PER_SECOND;

  private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
  private final AtomicInteger lines = new AtomicInteger();
  private final AtomicInteger suppressed = new AtomicInteger();

  /// A reply: worth a line where it is a 5xx or took long.
  void replied(Exchange exchange, String dialect, int status, long nanos) {
    if (status < 500 && nanos < SLOW_NANOS) {
      return;
    }
    if (allowed()) {
      LOG.log(
          Level.WARNING,
          "request {0}: status={1} dialect={2} method={3} millis={4} trace_id={5} suppressed={6}",
          status >= 500 ? "failed" : "slow",
          status,
          dialect,
          exchange.request().method().name(),
          nanos / 1_000_000,
          exchange.traceId(),
          suppressed.getAndSet(0));
    }
  }

  /// A bug: a part of PulseGate threw.
  void bug(Exchange exchange, String dialect, Throwable bug) {
    if (allowed()) {
      LOG.log(
          Level.ERROR,
          "fault while serving a request: dialect={0} method={1} trace_id={2} suppressed={3}",
          dialect,
          exchange.request().method().name(),
          exchange.traceId(),
          suppressed.getAndSet(0),
          bug);
    }
  }

  private boolean allowed() {
    long now = System.nanoTime() / NANOS_PER_SECOND;
    if (second.getAndSet(now) != now) {
      lines.set(0);
    }
    if (lines.incrementAndGet() <= LINES_PER_SECOND_MAX) {
      return true;
    }
    suppressed.incrementAndGet();
    return false;
  }
}
