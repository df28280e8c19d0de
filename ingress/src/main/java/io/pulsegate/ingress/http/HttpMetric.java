package io.pulsegate.ingress.http;

import io.pulsegate.api.Metric;
import java.util.List;

/// What the HTTP edge counts.
public enum HttpMetric implements Metric {
  INGEST_REQUESTS(
      "pulsegate_ingest_requests_total",
      "Requests to ingestion endpoints, whatever became of them.",
      Kind.COUNTER,
      "dialect"),
  INGEST_LATENCY(
      "pulsegate_ingest_latency_ms",
      "Milliseconds from a request's headers to its reply.",
      Kind.HISTOGRAM,
      "dialect") {
    @Override
    public List<Double> buckets() {
      return List.of(
          0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0,
          10_000.0);
    }
  },
  RESPONSES(
      "pulsegate_http_responses_total",
      "Replies by dialect and HTTP status; dialect \"none\" where the request reached no endpoint.",
      Kind.COUNTER,
      "dialect,status"),
  ABORTED(
      "pulsegate_http_requests_aborted_total",
      "Requests that ended before their reply: the client left (gone) or was too slow (timeout).",
      Kind.COUNTER,
      "reason"),
  CONNECTIONS("pulsegate_http_connections", "Open connections.", Kind.GAUGE, "listener"),
  CONNECTIONS_REFUSED(
      "pulsegate_http_connections_refused_total",
      "Connections closed at once, as there were too many: altogether (all) or of one address.",
      Kind.COUNTER,
      "reason");

  private final String metricName;
  private final String help;
  private final Kind kind;
  private final String labels;

  /// @param labels their names, with commas between
  HttpMetric(String metricName, String help, Kind kind, String labels) {
    this.metricName = metricName;
    this.help = help;
    this.kind = kind;
    this.labels = labels;
  }

  @Override
  public String metricName() {
    return metricName;
  }

  @Override
  public String help() {
    return help;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public List<String> labels() {
    return List.of(labels.split(",", -1));
  }
}
