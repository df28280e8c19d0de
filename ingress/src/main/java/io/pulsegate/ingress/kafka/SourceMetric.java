package io.pulsegate.ingress.kafka;

import io.pulsegate.api.Metric;
import java.util.List;

/// What sources in Kafka count.
public enum SourceMetric implements Metric {
  RECORDS(
      "pulsegate_kafka_source_records_total",
      "Records read: taken, kept as dead letters (dead_letter), or without a value (empty).",
      Kind.COUNTER,
      "source",
      "outcome"),
  LAG(
      "pulsegate_kafka_source_lag",
      "Records in the partitions of this process that it has not read yet.",
      Kind.GAUGE,
      "source"),
  PAUSED(
      "pulsegate_kafka_source_paused_partitions",
      "Partitions that wait until events are accepted again.",
      Kind.GAUGE,
      "source"),
  UP("pulsegate_kafka_source_up", "1 while the brokers can be read, else 0.", Kind.GAUGE, "source");

  private final String metricName;
  private final String help;
  private final Kind kind;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  SourceMetric(String metricName, String help, Kind kind, String... labels) {
    this.metricName = metricName;
    this.help = help;
    this.kind = kind;
    this.labels = List.of(labels);
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
    return labels;
  }
}
