package io.pulsegate.server.door;

import io.pulsegate.api.Metric;
import java.util.List;

/// What the door counts.
public enum DoorMetric implements Metric {
  ATTRIBUTION_FAILURES(
      "pulsegate_attribution_failures_total",
      Kind.COUNTER,
      "Domains that were asked for and could not be attributed to a client: refused, or the service failed."),
  ATTRIBUTIONS(
      "pulsegate_attributions_total",
      Kind.COUNTER,
      "Requests whose domain was attributed to a client.");

  private final String metricName;
  private final Kind kind;
  private final String help;

  DoorMetric(String metricName, Kind kind, String help) {
    this.metricName = metricName;
    this.kind = kind;
    this.help = help;
  }

  @Override
  public String metricName() {
    return metricName;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public String help() {
    return help;
  }

  @Override
  public List<String> labels() {
    return List.of();
  }
}
