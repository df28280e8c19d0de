package io.pulsegate.ingress.http;

import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/// Metrics that a test can read.
final class CountingMetrics implements Metrics {
  private final ConcurrentHashMap<String, AtomicLong> counts = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();

  /// Value of a counter, or number of observations of a histogram.
  long count(Metric metric, String... labels) {
    return counts.getOrDefault(key(metric, labels), new AtomicLong()).get();
  }

  double gauge(Metric metric, String... labels) {
    return gauges.getOrDefault(key(metric, labels), () -> Double.NaN).getAsDouble();
  }

  @Override
  public Counter counter(Metric metric, String... labels) {
    AtomicLong count = counts.computeIfAbsent(key(metric, labels), k -> new AtomicLong());
    return count::addAndGet;
  }

  @Override
  public Histogram histogram(Metric metric, String... labels) {
    AtomicLong count = counts.computeIfAbsent(key(metric, labels), k -> new AtomicLong());
    return value -> count.incrementAndGet();
  }

  @Override
  public void gauge(Metric metric, DoubleSupplier value, String... labels) {
    gauges.put(key(metric, labels), value);
  }

  private static String key(Metric metric, String... labels) {
    if (labels.length != metric.labels().size()) {
      throw new AssertionError(metric + " has other labels: " + List.of(labels));
    }
    return metric.metricName() + List.of(labels);
  }
}
