package io.pulsegate.server.metrics;

import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import java.util.List;
import java.util.function.LongSupplier;

/// How long sinks may stay away.
public enum BacklogMetric implements Metric {
  BYTES("pulsegate_backlog_bytes", "Payload bytes that the slowest sink has not settled yet."),
  USED_PERCENT(
      "pulsegate_backlog_used_percent",
      "What waits for the slowest sink, of what may wait: log.backlog, or the disk down to log.reserve."),
  HOURS_LEFT(
      "pulsegate_backlog_hours_left",
      "Hours until no more may wait, if no sink took anything and events came in as they did over the last minutes; +Inf while none come.");

  private final String metricName;
  private final String help;

  BacklogMetric(String metricName, String help) {
    this.metricName = metricName;
    this.help = help;
  }

  /// What the gauges are reckoned from, in bytes.
  ///
  /// @param waiting payload bytes that the slowest sink has not settled
  /// @param accepted payload bytes accepted since ever
  /// @param limit payload bytes that may wait at most
  /// @param diskRoom bytes that the log may still take from the disk
  public record Sizes(
      LongSupplier waiting, LongSupplier accepted, long limit, LongSupplier diskRoom) {
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
  public static void register(Metrics metrics, Sizes sizes, LongSupplier nanoTime) {
    var rate = new InputRate(nanoTime, sizes.accepted());
    metrics.gauge(BYTES, () -> sizes.waiting().getAsLong());
    metrics.gauge(USED_PERCENT, sizes::usedPercent);
    metrics.gauge(HOURS_LEFT, () -> hours(sizes.room(), rate.bytesPerSecond()));
  }

  /// None where there is no room, also while nothing comes.
  private static double hours(double roomBytes, double bytesPerSecond) {
    return roomBytes == 0 ? 0 : roomBytes / bytesPerSecond / 3_600;
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
