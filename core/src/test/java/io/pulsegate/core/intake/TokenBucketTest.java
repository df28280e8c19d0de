package io.pulsegate.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1);
  private final TokenBucket bucket = new TokenBucket(now::get);

  @Test
  void letsASecondsWorthInAtOnceAndThenTheRate() {
    for (int i = 0; i < 10; i++) {
      assertThat(bucket.take(1, 10)).isZero();
    }
    assertThat(bucket.take(1, 10)).isEqualTo(SECOND / 10);
    now.addAndGet(SECOND / 10);
    assertThat(bucket.take(1, 10)).isZero();
    assertThat(bucket.take(1, 10)).isPositive();
  }

  @Test
  void takesMoreThanASecondsWorthWhenNothingIsOwedAndHasOthersWaitForIt() {
    assertThat(bucket.take(50, 10)).isZero();
    assertThat(bucket.nanosUntilRoom()).isEqualTo(4 * SECOND + 1);
    assertThat(bucket.take(50, 10)).isEqualTo(5 * SECOND);
    now.addAndGet(5 * SECOND);
    assertThat(bucket.take(50, 10)).isZero();
  }

  @Test
  void givesBackWhatWasTakenForNothing() {
    assertThat(bucket.take(10, 10)).isZero();
    bucket.give(10, 10);
    assertThat(bucket.take(10, 10)).isZero();
  }

  @Test
  void neverLetsMoreInThanTheRateAndOneSecondsWorth() {
    var random = new SplittableRandom(42);
    long begun = now.get();
    long taken = 0;
    for (int i = 0; i < 20_000; i++) {
      now.addAndGet(random.nextInt(2_000_000));
      long count = random.nextInt(1, 5);
      taken += bucket.take(count, 1_000) == 0 ? count : 0;
    }
    double seconds = (now.get() - begun) / 1e9;
    assertThat(taken).isBetween((long) (seconds * 990), (long) (seconds * 1_000) + 1_000);
  }
}
