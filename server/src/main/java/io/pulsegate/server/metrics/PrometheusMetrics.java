package io.pulsegate.server.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/// The metrics of one server, in a registry of its own. Names are exactly those declared: a counter
/// must end with `_total`, nothing else may, and no suffix is added.
public final class PrometheusMetrics implements Metrics {
  private static final String TOTAL = "_total";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Map<Metric, io.prometheus.metrics.core.metrics.Counter> counters =
      new ConcurrentHashMap<>();
  private final Map<Metric, io.prometheus.metrics.core.metrics.Histogram> histograms =
      new ConcurrentHashMap<>();
  private final Map<Metric, Map<List<String>, DoubleSupplier>> gauges = new ConcurrentHashMap<>();
  private final ExpositionFormatWriter text = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

  @Override
  public Metrics.Counter counter(Metric metric, String... labelValues) {
    CounterDataPoint point =
        counters.computeIfAbsent(metric, this::newCounter).labelValues(labelValues);
    return point::inc;
  }

  @Override
  public Metrics.Histogram histogram(Metric metric, String... labelValues) {
    DistributionDataPoint point =
        histograms.computeIfAbsent(metric, this::newHistogram).labelValues(labelValues);
    return point::observe;
  }

  @Override
  public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {
    if (labelValues.length != metric.labels().size()) {
      throw new IllegalArgumentException(
          metric.metricName() + " has the labels " + metric.labels());
    }
    gauges.computeIfAbsent(metric, this::newGauge).put(List.of(labelValues), value);
  }

  private io.prometheus.metrics.core.metrics.Counter newCounter(Metric metric) {
    if (!metric.metricName().endsWith(TOTAL)) {
      throw new IllegalArgumentException("a counter's name ends with _total: " + metric);
    }
    return io.prometheus.metrics.core.metrics.Counter.builder()
        .name(metric.metricName())
        .help(metric.help())
        .labelNames(metric.labels().toArray(String[]::new))
        .withoutExemplars()
        .register(registry);
  }

  private io.prometheus.metrics.core.metrics.Histogram newHistogram(Metric metric) {
    return io.prometheus.metrics.core.metrics.Histogram.builder()
        .name(metric.metricName())
        .help(metric.help())
        .labelNames(metric.labels().toArray(String[]::new))
        .classicOnly()
        .classicUpperBounds(metric.buckets().stream().mapToDouble(Double::doubleValue).toArray())
        .withoutExemplars()
        .register(registry);
  }

  private Map<List<String>, DoubleSupplier> newGauge(Metric metric) {
    var values = new ConcurrentHashMap<List<String>, DoubleSupplier>();
    GaugeWithCallback.builder()
        .name(metric.metricName())
        .help(metric.help())
        .labelNames(metric.labels().toArray(String[]::new))
        .callback(callback ->
            values.forEach((labels, value) ->
                callback.call(value.getAsDouble(), labels.toArray(String[]::new))))
        .register(registry);
    return values;
  }

  /// All values now, in the format that an Accept header asks for: OpenMetrics where it names it,
  /// the Prometheus text format otherwise.
  public Page page(String accept) {
    ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : text;
    var out = new ByteArrayOutputStream(16 * 1024);
    try {
      writer.write(out, registry.scrape());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return new Page(writer.getContentType(), out.toByteArray());
  }

  /// How often a histogram was told something and the sum of what, over all its labels.
  public Sum sum(Metric metric) {
    io.prometheus.metrics.core.metrics.Histogram histogram = histograms.get(metric);
    long count = 0;
    double total = 0;
    if (histogram != null) {
      for (var point : histogram.collect().getDataPoints()) {
        count += point.getCount();
        total += point.getSum();
      }
    }
    return new Sum(count, total);
  }

  /// Observations of a histogram.
  public record Sum(long count, double total) {
    /// Zero where there are none.
    public double average() {
      return count == 0 ? 0 : total / count;
    }
  }

  /// A rendered metrics page.
  ///
  /// @param body UTF-8
  @SuppressWarnings("ArrayRecordComponent") // carried from here to a reply, never compared
  public record Page(String contentType, byte[] body) {}
}
