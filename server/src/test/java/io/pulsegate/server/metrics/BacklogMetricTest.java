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
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong accepted = new AtomicLong();
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
        new Sizes(waiting::get, accepted::get, limit, diskRoom::get),
        nanos::get);
  }

  private double of(BacklogMetric metric) {
    return gauges.getOrDefault(metric, () -> Double.NaN).getAsDouble();
  }

  @Test
  void reckonsTheHoursLeftFromWhatCameIn() {
    register(7_200_000);
    assertThat(of(BacklogMetric.HOURS_LEFT)).isPositive().isInfinite();

    // 1,000 bytes a second for ten minutes, and nobody takes them.
    for (int i = 0; i < 60; i++) {
      nanos.addAndGet(10 * SECOND);
      accepted.addAndGet(10_000);
      waiting.addAndGet(10_000);
      double _ = of(BacklogMetric.HOURS_LEFT);
    }

    assertThat(of(BacklogMetric.BYTES)).isEqualTo(600_000);
    assertThat(of(BacklogMetric.USED_PERCENT)).isEqualTo(100 * 600.0 / 7_200, within(1e-9));
    assertThat(of(BacklogMetric.HOURS_LEFT)).isEqualTo(6_600.0 / 3_600, within(1e-6));
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
