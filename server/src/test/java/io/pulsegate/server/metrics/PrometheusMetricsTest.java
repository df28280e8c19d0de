package io.pulsegate.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.Metric;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrometheusMetricsTest {
  /// The names that seed 004 promises, and what kind each is.
  private enum Promised implements Metric {
    REQUESTS("pulsegate_ingest_requests_total", Kind.COUNTER),
    LATENCY("pulsegate_ingest_latency_ms", Kind.HISTOGRAM),
    LAG("pulsegate_stream_lag", Kind.GAUGE),
    PROCESSING("pulsegate_worker_processing_time", Kind.HISTOGRAM),
    ERRORS("pulsegate_worker_errors_total", Kind.COUNTER),
    DEAD_LETTERS("pulsegate_dlq_events_total", Kind.COUNTER),
    BACKPRESSURE("pulsegate_tenant_backpressure_total", Kind.COUNTER),
    REPLAYED("pulsegate_replay_events_total", Kind.COUNTER);

    private final String metricName;
    private final Kind kind;

    Promised(String metricName, Kind kind) {
      this.metricName = metricName;
      this.kind = kind;
    }

    @Override
    public String metricName() {
      return metricName;
    }

    @Override
    public String help() {
      return "Help of " + metricName + ".";
    }

    @Override
    public Kind kind() {
      return kind;
    }

    @Override
    public List<String> labels() {
      return List.of("sink");
    }

    @Override
    public List<Double> buckets() {
      return kind == Kind.HISTOGRAM ? List.of(1.0, 10.0) : List.of();
    }
  }

  private final PrometheusMetrics metrics = new PrometheusMetrics();

  private String page(String accept) {
    return new String(metrics.page(accept).body(), StandardCharsets.UTF_8);
  }

  @Test
  void exposesExactlyTheNamesThatAreDeclared() {
    for (Promised metric : Promised.values()) {
      switch (metric.kind()) {
        case COUNTER -> metrics.counter(metric, "a").add(3);
        case HISTOGRAM -> metrics.histogram(metric, "a").observe(5);
        case GAUGE -> metrics.gauge(metric, () -> 7.5, "a");
      }
    }
    assertThat(page("text/plain").lines())
        .contains(
            "pulsegate_ingest_requests_total{sink=\"a\"} 3.0",
            "pulsegate_ingest_latency_ms_bucket{sink=\"a\",le=\"1.0\"} 0",
            "pulsegate_ingest_latency_ms_bucket{sink=\"a\",le=\"10.0\"} 1",
            "pulsegate_ingest_latency_ms_bucket{sink=\"a\",le=\"+Inf\"} 1",
            "pulsegate_ingest_latency_ms_count{sink=\"a\"} 1",
            "pulsegate_ingest_latency_ms_sum{sink=\"a\"} 5.0",
            "pulsegate_stream_lag{sink=\"a\"} 7.5",
            "pulsegate_worker_processing_time_count{sink=\"a\"} 1",
            "pulsegate_worker_errors_total{sink=\"a\"} 3.0",
            "pulsegate_dlq_events_total{sink=\"a\"} 3.0",
            "pulsegate_tenant_backpressure_total{sink=\"a\"} 3.0",
            "pulsegate_replay_events_total{sink=\"a\"} 3.0",
            "# HELP pulsegate_ingest_requests_total Help of pulsegate_ingest_requests_total.",
            "# TYPE pulsegate_ingest_requests_total counter",
            "# TYPE pulsegate_stream_lag gauge");
  }

  @Test
  void givesOneCounterForTheSameLabels() {
    metrics.counter(Promised.ERRORS, "a").add(1);
    metrics.counter(Promised.ERRORS, "a").add(2);
    metrics.counter(Promised.ERRORS, "b").add(4);
    assertThat(page(""))
        .contains("pulsegate_worker_errors_total{sink=\"a\"} 3.0")
        .contains("pulsegate_worker_errors_total{sink=\"b\"} 4.0");
  }

  @Test
  void readsTheLatestGauge() {
    metrics.gauge(Promised.LAG, () -> 1, "a");
    metrics.gauge(Promised.LAG, () -> 2, "a");
    assertThat(page("")).contains("pulsegate_stream_lag{sink=\"a\"} 2.0");
  }

  @Test
  void speaksOpenMetricsWhereItIsAskedFor() {
    metrics.counter(Promised.ERRORS, "a").add(1);
    PrometheusMetrics.Page page = metrics.page("application/openmetrics-text; version=1.0.0");
    assertThat(page.contentType()).startsWith("application/openmetrics-text");
    assertThat(new String(page.body(), StandardCharsets.UTF_8))
        .contains("pulsegate_worker_errors_total{sink=\"a\"} 1.0")
        .endsWith("# EOF\n");
    assertThat(metrics.page("*/*").contentType()).startsWith("text/plain");
  }

  @Test
  void refusesACounterWhoseNameWouldBeChanged() {
    assertThatThrownBy(() -> metrics.counter(Promised.LAG, "a"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tellsWhatTheProcessUses() {
    ProcessMetric.register(metrics, Path.of("."));
    assertThat(page("").lines())
        .anyMatch(line -> line.startsWith("jvm_heap_used_bytes "))
        .anyMatch(line -> line.startsWith("pulsegate_disk_free_bytes "))
        .noneMatch(line -> line.endsWith(" NaN"));
  }
}
