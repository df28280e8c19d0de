package io.pulsegate.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import io.pulsegate.server.metrics.BacklogMetric.Sizes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class BacklogMetricTest {
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong diskRoom = new AtomicLong(Long.MAX_VALUE);
  private final Map<Metric, DoubleSupplier> gauges = new HashMap<>();

  private void register(long limit) {
    BacklogMetric.register(
        new Metrics() {
          @Override
          public Counter counter(Metric metric, String... labelValues) {
            return Metrics.NONE.counter(metric);
          }

          @Override
          public Histogram histogram(Metric metric, String... labelValues) {
            return Metrics.NONE.histogram(metric);
          }

          @Override
          public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {
            gauges.put(metric, value);
          }
        },
        new Sizes(waiting::get, limit, diskRoom::get));
  }

  private double of(BacklogMetric metric) {
    return gauges.getOrDefault(metric, () -> Double.NaN).getAsDouble();
  }

  @Test
  void tellsWhatWaitsOfWhatMay() {
    register(7_200_000);
    waiting.set(600_000);

    assertThat(of(BacklogMetric.BYTES)).isEqualTo(600_000);
    assertThat(of(BacklogMetric.USED_PERCENT)).isEqualTo(100 * 600.0 / 7_200, within(1e-9));
  }

  @Test
  void takesTheDiskForTheLimitWhereItHoldsLess() {
    register(Long.MAX_VALUE);
    waiting.set(250);
    diskRoom.set(750);

    assertThat(of(BacklogMetric.USED_PERCENT)).isEqualTo(25, within(1e-9));
    diskRoom.set(-1);
    assertThat(of(BacklogMetric.USED_PERCENT)).isEqualTo(100, within(1e-9));
  }
}
