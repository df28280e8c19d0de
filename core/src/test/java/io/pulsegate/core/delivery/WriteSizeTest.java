package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Sizes against a sink whose writes cost a time by themselves and a time for each event.
class WriteSizeTest {
  private static final int EVENTS_MAX = 20_000;

  @ParameterizedTest
  @CsvSource({
    // what a write costs in ms, what an event costs in us, what a write comes to in ms
    "1, 10, 50",
    "20, 10, 50",
    "80, 10, 160",
    "200, 50, 400",
  })
  void settlesAt50MillisOrTwiceWhatAWriteCostsByItself(
      long writeMillis, long eventMicros, long expectedMillis) {
    assertThat(settled(0, writeMillis, eventMicros))
        .isBetween(expectedMillis * 0.9, expectedMillis * 1.1);
  }

  @ParameterizedTest
  @CsvSource({"1, 10, 50", "20, 10, 50", "80, 10, 160", "200, 50, 400"})
  void isNotMadeSmallerByTheSmallWritesOfAQuietTenant(
      long writeMillis, long eventMicros, long expectedMillis) {
    assertThat(settled(5, writeMillis, eventMicros))
        .isBetween(expectedMillis * 0.9, expectedMillis * 1.1);
  }

  /// How long a write takes in the end, in milliseconds.
  ///
  /// @param between events of a write that comes between each two; 0 for none
  private static double settled(int between, long writeMillis, long eventMicros) {
    var size = new WriteSize(EVENTS_MAX);
    // As of a tenant that was alone and had little.
    int events = 1;
    long nanos = 0;
    for (int i = 0; i < 200; i++) {
      nanos = nanos(events, writeMillis, eventMicros);
      size.wrote(events, nanos);
      if (between > 0) {
        size.wrote(between, nanos(between, writeMillis, eventMicros));
      }
      events = size.events(true);
    }
    return nanos / 1e6;
  }

  private static long nanos(int events, long writeMillis, long eventMicros) {
    return TimeUnit.MILLISECONDS.toNanos(writeMillis)
        + events * TimeUnit.MICROSECONDS.toNanos(eventMicros);
  }

  @ParameterizedTest
  @CsvSource({"1, 500, 500", "100, 500, 2000"})
  void takesTenTimesAsLongWhereNobodyWaits(
      long writeMillis, long eventMicros, long expectedMillis) {
    var size = new WriteSize(EVENTS_MAX);
    for (int events = 1; events < 1_000; events++) {
      size.wrote(events, nanos(events, writeMillis, eventMicros));
    }
    long alone = nanos(size.events(false), writeMillis, eventMicros);
    assertThat(alone / 1e6).isBetween(expectedMillis * 0.9, expectedMillis * 1.1);
    assertThat(new WriteSize(EVENTS_MAX).events(true)).isEqualTo(EVENTS_MAX);
  }
}
