package io.pulsegate.ingress.http;

import io.pulsegate.api.Metrics;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// Counts replies by status. Any thread.
final class ResponseCounters {
  private static final int STATUS_END = 600;

  private final Metrics metrics;
  private final String dialect;
  private final AtomicReferenceArray<Metrics.Counter> byStatus =
      new AtomicReferenceArray<>(STATUS_END);

  ResponseCounters(Metrics metrics, String dialect) {
    this.metrics = metrics;
    this.dialect = dialect;
  }

  /// @param status 100 to 599
  void count(int status) {
    Metrics.Counter counter = byStatus.get(status);
    if (counter == null) {
      counter = metrics.counter(HttpMetric.RESPONSES, dialect, Integer.toString(status));
      byStatus.set(status, counter);
    }
    counter.add(1);
  }
}
