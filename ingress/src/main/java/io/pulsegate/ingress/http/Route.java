package io.pulsegate.ingress.http;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.Metrics;

/// An ingestion endpoint: its dialect and what is counted there.
final class Route implements Recorder {
  private static final double NANOS_PER_MILLI = 1e6;

  private final Dialect dialect;
  private final ResponseCounters responses;
  private final Metrics.Counter requests;
  private final Metrics.Histogram latency;
  private final Metrics.Counter gone;
  private final Metrics.Counter timeout;
  private final RequestLog log;

  Route(Dialect dialect, Metrics metrics, RequestLog log) {
    this.dialect = dialect;
    this.log = log;
    this.responses = new ResponseCounters(metrics, dialect.name());
    this.requests = metrics.counter(HttpMetric.INGEST_REQUESTS, dialect.name());
    this.latency = metrics.histogram(HttpMetric.INGEST_LATENCY, dialect.name());
    this.gone = metrics.counter(HttpMetric.ABORTED, "gone");
    this.timeout = metrics.counter(HttpMetric.ABORTED, "timeout");
  }

  Dialect dialect() {
    return dialect;
  }

  RequestLog log() {
    return log;
  }

  /// A request has come.
  void entered() {
    requests.add(1);
  }

  @Override
  public void replied(Exchange exchange, int status, long nanos) {
    responses.count(status);
    latency.observe(nanos / NANOS_PER_MILLI);
    log.replied(exchange, dialect.name(), status, nanos);
  }

  @Override
  public void aborted(String reason) {
    (reason.equals("gone") ? gone : timeout).add(1);
  }
}
