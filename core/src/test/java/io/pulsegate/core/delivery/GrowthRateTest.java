package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrowthRateTest {
  private static final long MIB = 1 << 20;

  private long nanos = -17;
  private long bytes;
  private final GrowthRate growth = new GrowthRate(() -> nanos, 0);

  private void pass(int seconds, long bytesPerSecond) {
    for (int i = 0; i < seconds; i++) {
      nanos += Duration.ofSeconds(1).toNanos();
      bytes += bytesPerSecond;
      growth.written(bytes);
    }
  }

  @Test
  void tellsTheHoursLeftAtThePresentRate() {
    assertThat(growth.hoursFor(MIB)).as("nothing is known").isEqualTo(GrowthRate.HOURS_MAX);
    pass(10, MIB);
    assertThat(growth.hoursFor(36_000 * MIB)).isCloseTo(10, within(0.1));
    pass(1_800, 10 * MIB);
    assertThat(growth.hoursFor(36_000 * MIB)).as("after half an hour").isCloseTo(1, within(0.05));
    assertThat(growth.hoursFor(0)).isZero();
  }

  @Test
  void oneLullDoesNotPromiseAYear() {
    pass(600, MIB);
    pass(60, 0);
    assertThat(growth.hoursFor(3_600 * MIB)).isBetween(1.0, 1.5);
    pass(7_200, 0);
    assertThat(growth.hoursFor(3_600 * MIB)).isEqualTo(GrowthRate.HOURS_MAX);
  }
}
