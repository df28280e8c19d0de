package io.pulsegate.ingress.http;

import io.pulsegate.api.Metrics;

/// Counts and logs what reaches no ingestion endpoint: pages, and paths that do not exist.
final class OtherRecorder implements Recorder {
  private static final String LABEL = "none";

  private final ResponseCounters responses;
  private final RequestLog log;

  OtherRecorder(Metrics metrics, RequestLog log) {
    this.responses = new ResponseCounters(metrics, LABEL);
    this.log = log;
  }

  RequestLog log() {
    return log;
  }

  /// A reply that no exchange made.
  void replied(int status) {
    responses.count(status);
  }

  @Override
  public void replied(Exchange exchange, int status, long nanos) {
    responses.count(status);
    log.replied(exchange, LABEL, status, nanos);
  }

  @Override
  public void aborted(String reason) {}
}
