package io.pulsegate.api;

import java.util.List;

/// One metric as users see it. The reference page is generated from these.
public interface Metric {
  /// The exact name, such as `pulsegate_ingest_requests_total`.
  String metricName();

  /// What it counts, in a sentence.
  String help();

  /// What kind it is.
  Kind kind();

  /// Names of its labels, in the order of their values.
  List<String> labels();

  /// Upper bounds of a histogram's buckets; empty for the other kinds.
  default List<Double> buckets() {
    return List.of();
  }

  /// Kinds of metrics, as Prometheus names them.
  enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }
}
