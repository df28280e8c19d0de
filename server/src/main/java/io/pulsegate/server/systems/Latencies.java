package io.pulsegate.server.systems;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// Times, for an average and a percentile: buckets that grow by a fifth, from a microsecond to over
/// an hour. Any thread.
final class Latencies {
  private static final int BUCKETS = 128;
  private static final double GROWTH = Math.log(1.2);
  private static final double NANOS_PER_MICRO = 1e3;

  private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);
  private final AtomicLong count = new AtomicLong();
  private final LongAdder nanos = new LongAdder();

  void add(long elapsedNanos) {
    double micros = Math.max(1, elapsedNanos / NANOS_PER_MICRO);
    buckets.incrementAndGet(Math.min(BUCKETS - 1, (int) (Math.log(micros) / GROWTH)));
    nanos.add(elapsedNanos);
    count.incrementAndGet();
  }

  long count() {
    return count.get();
  }

  /// In milliseconds; 0 where there is nothing.
  double averageMillis() {
    long number = count.get();
    return number == 0 ? 0 : nanos.sum() / 1e6 / number;
  }

  /// Upper bound of the bucket that holds the percentile, in milliseconds: at most a fifth too
  /// high.
  double percentileMillis(double fraction) {
    long wanted = (long) Math.ceil(count.get() * fraction);
    long seen = 0;
    for (int i = 0; i < BUCKETS && wanted > 0; i++) {
      seen += buckets.get(i);
      if (seen >= wanted) {
        return Math.exp((i + 1) * GROWTH) / NANOS_PER_MICRO;
      }
    }
    return 0;
  }
}
