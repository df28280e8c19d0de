package io.pulsegate.bench.load;

import java.util.SortedMap;
import org.HdrHistogram.Histogram;

/// What a run did, measured by the client.
///
/// @param seconds from the first request to the last reply
/// @param requests acknowledged requests
/// @param accepted events newly taken
/// @param duplicates events that the server had already
/// @param unacknowledged events that were sent at least once and never answered: what became of
///   them is not known
/// @param turnedAway events whose request was answered with an error that may pass (408, 429, 5xx)
///   and not sent again
/// @param overdue requests of an open loop that were due and never left
/// @param latency nanoseconds from the intended time to the acknowledgement
/// @param service nanoseconds from the sending of a try to its reply, of any status
/// @param errors by code: HTTP status with the code of an event, or the name of a network failure
public record LoadResult(
    double seconds,
    long requests,
    long accepted,
    long duplicates,
    long unacknowledged,
    long turnedAway,
    long overdue,
    Histogram latency,
    Histogram service,
    SortedMap<String, Long> errors) {
  /// Events acknowledged per second.
  public double eventsPerSecond() {
    return (accepted + duplicates) / seconds;
  }

  /// Requests acknowledged per second.
  public double requestsPerSecond() {
    return requests / seconds;
  }

  /// Latency at a percentile, in milliseconds.
  public double latencyMillis(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1e6;
  }

  /// Whether every event was acknowledged at the first try or a later one.
  public boolean isComplete() {
    return unacknowledged == 0
        && turnedAway == 0
        && errors.keySet().stream().noneMatch(LoadResult::isFinal);
  }

  /// Whether the server did not know the key, or does not let it send.
  public boolean isKeyRefused() {
    return errors.keySet().stream()
        .anyMatch(code -> code.startsWith("401") || code.startsWith("403"));
  }

  private static boolean isFinal(String code) {
    return code.startsWith("4") && !code.startsWith("408") && !code.startsWith("429");
  }
}
