package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Metric;
import io.pulsegate.core.CoreMetric;
import io.pulsegate.ingress.http.HttpMetric;
import io.pulsegate.ingress.kafka.SourceMetric;
import io.pulsegate.server.config.ConfigReference;
import io.pulsegate.server.door.DoorMetric;
import io.pulsegate.server.export.ExportMetric;
import io.pulsegate.server.metrics.BacklogMetric;
import io.pulsegate.server.metrics.MetricsReference;
import io.pulsegate.server.metrics.ProcessMetric;
import io.pulsegate.server.plugins.Components;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The committed pages under `docs/reference` say what the code says.
class ReferencePagesTest {
  private static List<Metric> metrics() {
    return Stream.<Metric[]>of(
            CoreMetric.values(),
            HttpMetric.values(),
            DoorMetric.values(),
            SourceMetric.values(),
            ExportMetric.values(),
            BacklogMetric.values(),
            ProcessMetric.values())
        .flatMap(Stream::of)
        .toList();
  }

  @Test
  void describesTheConfiguration() throws IOException {
    assertUpToDate("configuration.md", ConfigReference.render(Components.builtIn()));
  }

  @Test
  void describesTheMetrics() throws IOException {
    assertUpToDate("metrics.md", MetricsReference.render(metrics()));
  }

  @Test
  void givesEveryMetricANameOfItsOwn() {
    assertThat(metrics()).extracting(Metric::metricName).doesNotHaveDuplicates();
  }

  @Test
  void hasTheNamesThatThePlanPromises() {
    assertThat(metrics())
        .extracting(Metric::metricName)
        .contains(
            "pulsegate_ingest_requests_total",
            "pulsegate_ingest_latency_ms",
            "pulsegate_stream_lag",
            "pulsegate_worker_processing_time",
            "pulsegate_worker_errors_total",
            "pulsegate_dlq_events_total",
            "pulsegate_tenant_backpressure_total",
            "pulsegate_replay_events_total");
  }

  private static void assertUpToDate(String name, String rendered) throws IOException {
    Path page = Path.of("..", "docs", "reference", name);
    if (Boolean.getBoolean("update.docs")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, rendered);
    }
    assertThat(page).as("generated page; -Dupdate.docs=true writes it anew").hasContent(rendered);
  }
}
