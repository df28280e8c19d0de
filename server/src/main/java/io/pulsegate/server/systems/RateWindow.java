package io.pulsegate.server.systems;

/// How much came in the last ten whole seconds, by second. Any thread.
final class RateWindow {
  private static final int SECONDS = 10;

  private final long[] second = new long[SECONDS + 1];
  private final long[] amount = new long[SECONDS + 1];

  synchronized void add(long nowSecond, long count) {
    int place = (int) Math.floorMod(nowSecond, SECONDS + 1L);
    if (second[place] != nowSecond) {
      second[place] = nowSecond;
      amount[place] = 0;
    }
    amount[place] += count;
  }

  /// Per second, over the ten seconds before this one.
  synchronized double perSecond(long nowSecond) {
    long sum = 0;
    for (int i = 0; i <= SECONDS; i++) {
      if (second[i] < nowSecond && second[i] >= nowSecond - SECONDS) {
        sum += amount[i];
      }
    }
    return (double) sum / SECONDS;
  }
}
