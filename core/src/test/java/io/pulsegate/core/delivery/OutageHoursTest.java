package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutageHoursTest {
  private static final long MIB = 1 << 20;
  private static final long ACCEPTED_BEFORE = 700 * MIB;

  private long nanos = 5;
  private final OutageHours hours = new OutageHours(() -> nanos, ACCEPTED_BEFORE);

  /// For ten minutes a MiB of payload comes in each second, and takes two on the disk.
  @BeforeEach
  void tenMinutesPass() {
    for (int i = 1; i <= 600; i++) {
      nanos += Duration.ofSeconds(1).toNanos();
      hours.passed(2L * i * MIB, ACCEPTED_BEFORE + i * MIB);
    }
  }

  @Test
  void lastsUntilTheDiskIsFull() {
    assertThat(hours.left(72_000 * MIB)).isCloseTo(10, within(0.01));
    assertThat(hours.left(-1)).as("less than nothing is free").isZero();
  }

  @Test
  void lastsUntilAsMuchWaitsAsMay() {
    hours.limit(4_000 * MIB, () -> 400 * MIB);
    assertThat(hours.left(72_000 * MIB)).isCloseTo(1, within(0.01));
    hours.limit(4_000 * MIB, () -> 4_001 * MIB);
    assertThat(hours.left(72_000 * MIB)).isZero();
    hours.limit(Long.MAX_VALUE, () -> 4_001 * MIB);
    assertThat(hours.left(72_000 * MIB)).as("no limit").isCloseTo(10, within(0.01));
  }

  @Test
  void noneAreLeftWhereThereIsNoRoomAlsoWhileNothingComes() {
    var quiet = new OutageHours(() -> 0, 0);
    assertThat(quiet.left(MIB)).isEqualTo(GrowthRate.HOURS_MAX);
    assertThat(quiet.left(0)).isZero();
  }
}
