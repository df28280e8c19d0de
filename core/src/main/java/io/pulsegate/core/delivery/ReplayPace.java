package io.pulsegate.core.delivery;

import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import io.pulsegate.core.CoreMetric;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/// Holds a replay back: it has a speed, and **live traffic of its sink goes first**. Told of what
/// is delivered as the metrics of its head; counts nothing else. Head thread only.
final class ReplayPace implements Metrics {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final double nanosPerEvent;
  private final LongSupplier liveWaiting;
  private final long liveWaitingMax;
  private final LongSupplier nanoTime;
  private final Counter replayed;
  private long paidUntil;
  private volatile boolean behindLive;

  /// @param liveWaiting entries that the live head of the sink has not read
  /// @param liveWaitingMax with more of them the replay waits
  ReplayPace(
      int eventsPerSecond,
      LongSupplier liveWaiting,
      long liveWaitingMax,
      LongSupplier nanoTime,
      Metrics metrics) {
    this.nanosPerEvent = 1e9 / eventsPerSecond;
    this.liveWaiting = liveWaiting;
    this.liveWaitingMax = liveWaitingMax;
    this.nanoTime = nanoTime;
    this.replayed = metrics.counter(CoreMetric.REPLAY_EVENTS);
    this.paidUntil = nanoTime.getAsLong();
  }

  /// How long until the next turn may begin; zero or less when it may.
  long nanosLeft() {
    behindLive = liveWaiting.getAsLong() > liveWaitingMax;
    return behindLive ? LOOK_NANOS : Math.min(LOOK_NANOS, paidUntil - nanoTime.getAsLong());
  }

  /// Whether it waits for live traffic. Any thread.
  boolean isBehindLive() {
    return behindLive;
  }

  private void delivered(long events) {
    replayed.add(events);
    paidUntil = Math.max(paidUntil, nanoTime.getAsLong()) + (long) (events * nanosPerEvent);
  }

  @Override
  public Counter counter(Metric metric, String... labelValues) {
    return metric == CoreMetric.EVENTS_DELIVERED ? this::delivered : amount -> {};
  }

  @Override
  public Histogram histogram(Metric metric, String... labelValues) {
    return value -> {};
  }

  @Override
  public void gauge(Metric metric, DoubleSupplier value, String... labelValues) {}
}
