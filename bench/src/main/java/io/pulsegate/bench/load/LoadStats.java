package io.pulsegate.bench.load;

import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// Counts of a run. Client threads write, the progress line reads.
final class LoadStats {
  private static final int DIGITS = 3;

  final LongAdder requests = new LongAdder();
  final LongAdder accepted = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder unacknowledged = new LongAdder();
  final LongAdder turnedAway = new LongAdder();
  final LongAdder overdue = new LongAdder();
  private final ConcurrentHashMap<String, LongAdder> errors = new ConcurrentHashMap<>();
  private final Recorder latency = new Recorder(DIGITS);
  private final Recorder service = new Recorder(DIGITS);
  private final Histogram latencyTotal = new Histogram(DIGITS);

  /// A request was acknowledged.
  void acknowledged(long latencyNanos) {
    requests.increment();
    latency.recordValue(Math.max(0, latencyNanos));
  }

  /// A reply of any kind came.
  void replied(long serviceNanos) {
    service.recordValue(Math.max(0, serviceNanos));
  }

  /// Something was refused or went wrong, `count` times.
  void error(String code, long count) {
    errors.computeIfAbsent(code, any -> new LongAdder()).add(count);
  }

  /// All errors so far.
  long errorCount() {
    return errors.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /// Latencies since the last call. One thread.
  Histogram interval() {
    var interval = latency.getIntervalHistogram();
    latencyTotal.add(interval);
    return interval;
  }

  /// The whole run; after the client threads have ended.
  LoadResult result(double seconds) {
    interval();
    var codes = new TreeMap<String, Long>();
    errors.forEach((code, count) -> codes.put(code, count.sum()));
    return new LoadResult(
        seconds,
        requests.sum(),
        accepted.sum(),
        duplicates.sum(),
        unacknowledged.sum(),
        turnedAway.sum(),
        overdue.sum(),
        latencyTotal,
        service.getIntervalHistogram(),
        codes);
  }
}
