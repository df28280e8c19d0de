package io.pulsegate.testkit;

import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/// Seeded randomness for tests: a failure names the seed, and `-Dseed=N` runs that one alone.
public final class Seeds {
  private Seeds() {}

  /// What may throw.
  @FunctionalInterface
  public interface Trial {
    void run(long seed, RandomGenerator random) throws Exception;
  }

  /// Runs a trial with each seed from 1 to `count`, or with the one the system property `seed`
  /// names.
  public static void each(int count, Trial trial) {
    Optional<Long> chosen = Optional.ofNullable(Long.getLong("seed"));
    LongConsumer one = seed -> run(seed, trial);
    chosen.ifPresentOrElse(one::accept, () -> LongStream.rangeClosed(1, count).forEach(one));
  }

  /// A generator that gives the same numbers for the same seed on every machine.
  public static RandomGenerator random(long seed) {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private static void run(long seed, Trial trial) {
    try {
      trial.run(seed, random(seed));
    } catch (Throwable failure) {
      throw new AssertionError("failed with -Dseed=" + seed + ": " + failure, failure);
    }
  }
}
