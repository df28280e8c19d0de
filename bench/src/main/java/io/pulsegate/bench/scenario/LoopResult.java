package io.pulsegate.bench.scenario;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What a closed loop over a log showed.
///
/// @param cpuMicrosPerEvent of the whole process
/// @param commits negative where they are not known
/// @param refused whether the log refused an append
public record LoopResult(
    double eventsPerSecond,
    double mibPerSecond,
    double p50Micros,
    double p99Micros,
    double cpuMicrosPerEvent,
    long commits,
    boolean refused) {
  private static final int FIELDS = 7;

  /// In a line, for the process that waits for it.
  public String line() {
    return String.format(
        Locale.ROOT,
        "%f %f %f %f %f %d %b",
        eventsPerSecond,
        mibPerSecond,
        p50Micros,
        p99Micros,
        cpuMicrosPerEvent,
        commits,
        refused);
  }

  /// Reads a [#line].
  ///
  /// @throws IllegalArgumentException when it is none
  static LoopResult parse(String line) {
    List<String> fields = Stream.of(line.strip().split(" ", -1)).toList();
    if (fields.size() != FIELDS) {
      throw new IllegalArgumentException("not a result: " + line);
    }
    return new LoopResult(
        Double.parseDouble(fields.get(0)),
        Double.parseDouble(fields.get(1)),
        Double.parseDouble(fields.get(2)),
        Double.parseDouble(fields.get(3)),
        Double.parseDouble(fields.get(4)),
        Long.parseLong(fields.get(5)),
        Boolean.parseBoolean(fields.get(6)));
  }
}
