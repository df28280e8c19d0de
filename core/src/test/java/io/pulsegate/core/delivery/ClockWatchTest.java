package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClockWatchTest {
  private static final Duration SETTLE = Duration.ofHours(1);

  private long wallSeconds = 1_000_000;
  private long nanos = Long.MAX_VALUE - 5;

  private final ClockWatch watch =
      new ClockWatch(() -> Instant.ofEpochSecond(wallSeconds), () -> nanos, SETTLE);

  private void pass(Duration time) {
    wallSeconds += time.toSeconds();
    nanos += time.toNanos();
    watch.look();
  }

  @Test
  void believesAClockThatGoesOn() {
    for (int i = 0; i < 10_000; i++) {
      pass(Duration.ofSeconds(7));
      assertThat(watch.isInDoubt()).isFalse();
    }
  }

  @Test
  void doubtsAClockThatWasSetByMoreThanAMinuteEitherWay() {
    for (int step : new int[] {61, -61}) {
      pass(Duration.ofSeconds(1));
      assertThat(watch.isInDoubt()).isFalse();
      wallSeconds += step;
      pass(Duration.ofSeconds(1));
      assertThat(watch.isInDoubt()).as("by %d", step).isTrue();
      wallSeconds -= step;
      pass(Duration.ofSeconds(1));
      assertThat(watch.isInDoubt()).as("back again").isFalse();
    }
    wallSeconds += 59;
    pass(Duration.ofSeconds(1));
    assertThat(watch.isInDoubt()).isFalse();
  }

  @Test
  void believesItAgainOnceAllBeforeIsOldEnoughByTheOtherClock() {
    wallSeconds += 3_600 * 24;
    pass(Duration.ofSeconds(1));
    pass(SETTLE.minusSeconds(1));
    assertThat(watch.isInDoubt()).isTrue();
    wallSeconds += 3_600;
    pass(Duration.ofSeconds(2));
    assertThat(watch.isInDoubt()).as("set once more, so from the beginning").isTrue();
    pass(SETTLE.minusSeconds(1));
    assertThat(watch.isInDoubt()).isTrue();
    pass(Duration.ofSeconds(2));
    assertThat(watch.isInDoubt()).isFalse();
    pass(Duration.ofSeconds(2));
    assertThat(watch.isInDoubt()).isFalse();
  }
}
