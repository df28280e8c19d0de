package io.pulsegate.core.delivery;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Metrics.Histogram;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.core.TenantLabels;
import java.util.HashSet;
import java.util.Set;

/// What one head counts.
final class HeadMeters {
  private static final int REASONS_MAX = 30;

  private final String sink;
  private final Metrics metrics;
  private final TenantLabels labels;
  private final Histogram writeTime;
  private final Histogram batchEvents;
  private final Set<String> reasons = new HashSet<>();

  HeadMeters(String sink, Metrics metrics, TenantLabels labels) {
    this.sink = sink;
    this.metrics = metrics;
    this.labels = labels;
    this.writeTime = metrics.histogram(CoreMetric.WORKER_PROCESSING_TIME, sink);
    this.batchEvents = metrics.histogram(CoreMetric.BATCH_EVENTS, sink);
  }

  void wrote(int events, long nanos) {
    writeTime.observe(nanos / 1e6);
    batchEvents.observe(events);
  }

  void error(String kind) {
    metrics.counter(CoreMetric.WORKER_ERRORS, sink, kind).add(1);
  }

  void settled(Turn turn) {
    turn.deliveredByLane().forEach((lane, n) -> count(CoreMetric.EVENTS_DELIVERED, lane, n));
    turn.droppedByReason()
        .forEach(
            (reason, n) -> metrics.counter(CoreMetric.EVENTS_DROPPED, sink, label(reason)).add(n));
    turn.deadByLane().forEach((lane, n) -> count(CoreMetric.DLQ_EVENTS, lane, n));
  }

  /// Reasons come from plugins: bounded, like everything that becomes a label.
  private String label(String reason) {
    return reasons.contains(reason) || (reasons.size() < REASONS_MAX && reasons.add(reason))
        ? reason
        : "other";
  }

  private void count(CoreMetric metric, LaneKey lane, long events) {
    if (events > 0) {
      metrics.counter(metric, sink, labels.of(lane.tenant())).add(events);
    }
  }

  void missing(long entries) {
    metrics.counter(CoreMetric.EVENTS_DROPPED, sink, "missing").add(entries);
  }
}
