package io.pulsegate.server.metrics;

import io.pulsegate.api.Metric;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/// The reference page of metrics, made from the declarations.
public final class MetricsReference {
  private MetricsReference() {}

  /// The page as Markdown, by name.
  public static String render(Collection<Metric> metrics) {
    var page = new StringBuilder();
    page.append(
        """
        # Metrics

        <!-- Generated from the declarations in the code by ReferencePagesTest; do not edit. -->

        `GET /metrics` on the public port, as Prometheus text, or as OpenMetrics where `Accept` names
        `application/openmetrics-text`. A histogram has `_bucket`, `_sum` and `_count` behind its name.

        | Metric | Kind | Labels | What it counts |
        | --- | --- | --- | --- |
        """);
    metrics.stream()
        .sorted(Comparator.comparing(Metric::metricName))
        .forEach(metric ->
            page.append(
                "| `%s` | %s | %s | %s |\n"
                    .formatted(
                        metric.metricName(),
                        metric.kind().name().toLowerCase(Locale.ROOT),
                        String.join(", ", metric.labels()),
                        metric.help().replace("|", "\\|"))));
    return page.toString();
  }
}
