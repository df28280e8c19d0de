package io.pulsegate.server.export;

import io.pulsegate.api.Metric;
import java.util.List;

/// How far the exports are behind.
public enum ExportMetric implements Metric {
  LAG;

  @Override
  public String metricName() {
    return "pulsegate_export_lag_seconds";
  }

  @Override
  public String help() {
    return "Age of the oldest event that is in no object of the export (raw or processed) yet.";
  }

  @Override
  public Kind kind() {
    return Kind.GAUGE;
  }

  @Override
  public List<String> labels() {
    return List.of("export");
  }
}
