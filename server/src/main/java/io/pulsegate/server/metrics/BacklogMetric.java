package io.pulsegate.server.metrics;

import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import java.util.List;
import java.util.function.LongSupplier;

/// How much waits for the slowest sink.
public enum BacklogMetric implements Metric {
  BYTES("pulsegate_backlog_bytes", "Payload bytes that the slowest sink has not settled yet."),
  USED_PERCENT(
      "pulsegate_backlog_used_percent",
      "What waits for the slowest sink, of what may wait: log.backlog, or the disk down to log.reserve.");

  private final String metricName;
  private final String help;

  BacklogMetric(String metricName, String help) {
    this.metricName = metricName;
    this.help = help;
  }

  /// What the gauges are reckoned from, in bytes.
  ///
  /// @param waiting payload bytes that the slowest sink has not settled
  /// @param limit payload bytes that may wait at most
  /// @param diskRoom bytes that the log may still take from the disk
  public record Sizes(LongSupplier waiting, long limit, LongSupplier diskRoom) {
    /// Bytes that may still come.
    double room() {
      return Math.max(0, Math.min(limit - waiting.getAsLong(), diskRoom.getAsLong()));
    }

    double usedPercent() {
      double used = waiting.getAsLong();
      double all = used + room();
      return all == 0 ? 100 : 100 * used / all;
    }
  }

  /// Registers all of them.
  public static void register(Metrics metrics, Sizes sizes) {
    metrics.gauge(BYTES, () -> sizes.waiting().getAsLong());
    metrics.gauge(USED_PERCENT, sizes::usedPercent);
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
    return Kind.GAUGE;
  }

  @Override
  public List<String> labels() {
    return List.of();
  }
}
