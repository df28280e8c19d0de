package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the kernel counts of a process (proc(5)).
final class ProcessStats {
  /// USER_HZ is 100 on every Linux that Java runs on; the JDK has no call for it.
  private static final long MICROS_PER_TICK = 10_000;

  /// The fields after the process name begin with number 3; utime is 14, stime 15.
  private static final int USER_TIME = 14 - 3;

  private final Path folder;

  ProcessStats(long pid) {
    folder = Path.of("/proc", Long.toString(pid));
  }

  /// CPU time so far, user and system, in microseconds; steps of 10 ms.
  long cpuMicros() throws IOException {
    return cpuMicros(Files.readString(folder.resolve("stat")));
  }

  static long cpuMicros(String stat) {
    // The name may hold spaces and parentheses: what counts begins after the last one.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[USER_TIME + 1]))
        * MICROS_PER_TICK;
  }

  /// Largest resident size so far, in MiB.
  double peakMib() throws IOException {
    return mib(Files.readString(folder.resolve("status")), "VmHWM:");
  }

  /// Resident size now, in MiB.
  double residentMib() throws IOException {
    return mib(Files.readString(folder.resolve("status")), "VmRSS:");
  }

  static double mib(String status, String name) {
    return status
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
        .findFirst()
        .orElse(Double.NaN);
  }
}
