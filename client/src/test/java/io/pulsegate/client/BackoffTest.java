package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Waits between tries.
class BackoffTest {
  private static final Duration MIN = Duration.ofMillis(100);
  private static final Duration MAX = Duration.ofSeconds(10);

  private final Backoff backoff = new Backoff(MIN, MAX, Duration.ofMinutes(1));
  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void doublesTheBoundUpToTheLargestAndDrawsBelowIt() {
    for (int attempt = 1; attempt < 100; attempt++) {
      long bound = attempt > 7 ? MAX.toMillis() : MIN.toMillis() << (attempt - 1);
      Duration longest = Duration.ZERO;
      for (int i = 0; i < 200; i++) {
        Duration wait = backoff.next(attempt, Optional.empty(), random);
        assertThat(wait).isBetween(Duration.ZERO, Duration.ofMillis(bound));
        longest = wait.compareTo(longest) > 0 ? wait : longest;
      }
      assertThat(longest).isGreaterThan(Duration.ofMillis(bound / 2));
    }
  }

  @Test
  void neverComesBeforeTheServerAskedButNotLaterThanTheLimit() {
    for (int i = 0; i < 200; i++) {
      assertThat(backoff.next(1, Optional.of(Duration.ofSeconds(20)), random))
          .isBetween(Duration.ofSeconds(20), Duration.ofMillis(20_100));
      assertThat(backoff.next(9, Optional.of(Duration.ofDays(365)), random))
          .isBetween(Duration.ofMinutes(1), Duration.ofMillis(60_100));
    }
  }
}
