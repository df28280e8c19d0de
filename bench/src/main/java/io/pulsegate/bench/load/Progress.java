package io.pulsegate.bench.load;

/// How a run goes.
///
/// @param seconds since it began
/// @param events acknowledged so far
/// @param requests acknowledged so far
/// @param errors so far
/// @param p99Millis latency since the last look, 99th percentile
public record Progress(double seconds, long events, long requests, long errors, double p99Millis) {
  static Progress of(LoadStats stats, double seconds) {
    return new Progress(
        seconds,
        stats.accepted.sum() + stats.duplicates.sum(),
        stats.requests.sum(),
        stats.errorCount(),
        stats.interval().getValueAtPercentile(99) / 1e6);
  }
}
