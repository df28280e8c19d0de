package io.pulsegate.core.intake;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Metrics.Counter;
import io.pulsegate.api.Outcome;
import io.pulsegate.core.CoreMetric;

/// One tenant's counters, its gate and its room for bytes.
final class TenantMeters {
  final ByteBudget inFlight;
  final TenantGate gate;
  final Counter received;
  final Counter accepted;
  final Counter duplicates;
  final Counter conflicts;
  private final Metrics metrics;
  private final String label;
  private final Counter requestsAccepted;
  private final Counter requestsThrottled;
  private final Counter requestsUnavailable;

  TenantMeters(Metrics metrics, String label, ByteBudget inFlight, TenantGate gate) {
    this.metrics = metrics;
    this.label = label;
    this.inFlight = inFlight;
    this.gate = gate;
    this.received = metrics.counter(CoreMetric.EVENTS_RECEIVED, label);
    this.accepted = metrics.counter(CoreMetric.EVENTS_ACCEPTED, label);
    this.duplicates = metrics.counter(CoreMetric.EVENTS_DUPLICATE, label);
    this.conflicts = metrics.counter(CoreMetric.EVENTS_CONFLICTING, label);
    this.requestsAccepted = metrics.counter(CoreMetric.INGEST_REQUESTS, label, "accepted");
    this.requestsThrottled = metrics.counter(CoreMetric.INGEST_REQUESTS, label, "throttled");
    this.requestsUnavailable = metrics.counter(CoreMetric.INGEST_REQUESTS, label, "unavailable");
  }

  void turnedAway(String limit) {
    metrics.counter(CoreMetric.TENANT_BACKPRESSURE, label, limit).add(1);
  }

  void count(Outcome outcome) {
    switch (outcome) {
      case Outcome.Accepted _ -> requestsAccepted.add(1);
      case Outcome.Throttled _ -> requestsThrottled.add(1);
      case Outcome.Unavailable _ -> requestsUnavailable.add(1);
    }
  }
}
