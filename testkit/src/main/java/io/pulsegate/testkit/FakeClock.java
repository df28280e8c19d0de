package io.pulsegate.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that stands still until it is told to move. Any thread.
public final class FakeClock implements InstantSource {
  private final AtomicReference<Instant> now;

  public FakeClock(Instant now) {
    this.now = new AtomicReference<>(now);
  }

  /// A clock at noon of an ordinary day, 2026-03-10.
  public static FakeClock atNoon() {
    return new FakeClock(Instant.parse("2026-03-10T12:00:00Z"));
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  /// Moves the clock, also back.
  public void advance(Duration by) {
    now.updateAndGet(instant -> instant.plus(by));
  }

  /// Sets the clock, also back.
  public void set(Instant instant) {
    now.set(instant);
  }
}
