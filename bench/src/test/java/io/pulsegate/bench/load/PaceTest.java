package io.pulsegate.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  @Test
  void countsAStallAgainstEveryRequestItHeldUp() {
    // 1,000 requests a second for 10 s over one connection; each takes 0.1 ms, one takes a second.
    var pace = Pace.openLoop(1_000, 0);
    var corrected = new Histogram(3);
    var naive = new Histogram(3);
    long clock = 0;
    for (int number = 0; number < 10_000; number++) {
      clock += Math.max(0, pace.untilDue(clock));
      long intended = pace.take(clock);
      long sent = clock;
      clock += number == 5_000 ? SECOND : MILLI / 10;
      corrected.recordValue(clock - intended);
      naive.recordValue(clock - sent);
    }
    // 1,000 requests fell due in the stalled second and about 110 more while it was made up for.
    assertThat(naive.getValueAtPercentile(99.9)).isLessThan(MILLI);
    assertThat(corrected.getValueAtPercentile(99.9)).isGreaterThan(980 * MILLI);
    assertThat(corrected.getValueAtPercentile(95) / (double) MILLI).isCloseTo(550, within(60.0));
    assertThat(100 - corrected.getPercentileAtOrBelowValue(MILLI)).isCloseTo(11.1, within(0.3));
  }

  @Test
  void keepsItsScheduleHoweverLateItIsAsked() {
    var pace = Pace.openLoop(3, 100);
    assertThat(pace.untilDue(0)).isEqualTo(100);
    assertThat(pace.take(5 * SECOND)).isEqualTo(100);
    assertThat(pace.take(5 * SECOND)).isEqualTo(100 + SECOND / 3);
    assertThat(pace.take(5 * SECOND)).isEqualTo(100 + 2 * SECOND / 3);
    assertThat(pace.take(5 * SECOND)).isEqualTo(100 + SECOND);
  }

  @Test
  void countsWhatWasDueAndNeverTaken() {
    var pace = Pace.openLoop(10, 0);
    assertThat(pace.take(0)).isZero();
    assertThat(pace.overdue(SECOND)).isEqualTo(9);
    assertThat(Pace.closedLoop().overdue(SECOND)).isZero();
  }

  @Test
  void isAlwaysDueInAClosedLoop() {
    var pace = Pace.closedLoop();
    assertThat(pace.untilDue(77)).isZero();
    assertThat(pace.take(77)).isEqualTo(77);
  }
}
