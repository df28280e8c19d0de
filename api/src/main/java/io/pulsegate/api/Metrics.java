package io.pulsegate.api;

import java.util.function.DoubleSupplier;

/// Where parts count what they do. Names, help and units are constants of one enum per part that
/// implements [Metric]; label values never come from event content.
public interface Metrics {
  /// A counter; the same one for the same metric and labels.
  Counter counter(Metric metric, String... labelValues);

  /// A histogram; the same one for the same metric and labels.
  Histogram histogram(Metric metric, String... labelValues);

  /// A gauge that is read when somebody looks; replaces an earlier one with the same labels.
  void gauge(Metric metric, DoubleSupplier value, String... labelValues);

  /// Only goes up. Any thread.
  interface Counter {
    void add(long amount);
  }

  /// Collects observations in the metric's buckets. Any thread.
  interface Histogram {
    void observe(double value);
  }

  /// Counts nothing.
  Metrics NONE =
      new Metrics() {
        @Override
        public Counter counter(Metric metric, String... labelValues) {
          return amount -> {};
        }

        @Override
        public Histogram histogram(Metric metric, String... labelValues) {
          return value -> {};
        }

        @Override
        public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {}
      };
}
