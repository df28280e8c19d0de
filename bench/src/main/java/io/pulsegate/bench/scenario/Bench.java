package io.pulsegate.bench.scenario;

import io.pulsegate.bench.load.EventShape;
import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadResult;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.load.Payload;
import io.pulsegate.bench.load.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What scenarios run with.
///
/// @param command the start script, without `serve`
/// @param folder for everything that is written; emptied by the scenarios themselves
/// @param seconds one measurement takes
/// @param memory the server's memory setting, such as `512MiB`
/// @param awaySeconds a destination is away, in the scenarios where one is
/// @param tables takes what was measured
/// @param progress takes a line about what is going on
public record Bench(
    List<String> command,
    Path folder,
    double seconds,
    String memory,
    double awaySeconds,
    Consumer<Table> tables,
    Consumer<String> progress) {
  private static final AtomicLong SEEDS = new AtomicLong(System.nanoTime());
  private static final double WARM_UP_SECONDS = 4;

  public Bench {
    command = List.copyOf(command);
  }

  /// The length of one measurement.
  Duration length() {
    return nanos(seconds);
  }

  /// How long the server is driven before a measurement, so that its code is compiled.
  Duration warmUp() {
    return nanos(Math.min(WARM_UP_SECONDS, seconds));
  }

  /// How long a destination is away.
  Duration away() {
    return nanos(awaySeconds);
  }

  private static Duration nanos(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  /// Events of the canonical 288 bytes, with ids that no other run has.
  static Payload payload(int batch) {
    return payload(WireFormat.NATIVE, batch);
  }

  /// The same in the words of another system.
  static Payload payload(WireFormat wire, int batch) {
    return new Payload(wire, EventShape.DEFAULT, batch, false, 0, SEEDS.incrementAndGet());
  }

  /// The same with another memory setting of the server.
  Bench withMemory(String setting) {
    return new Bench(command, folder, seconds, setting, awaySeconds, tables, progress);
  }

  /// A server with these sinks, in a folder of its own.
  ServerProcess server(Path home, String sinks) throws IOException, InterruptedException {
    return ServerProcess.start(command, home, "memory: " + memory + "\n" + sinks);
  }

  /// An empty folder.
  Path newFolder(String name) throws IOException {
    return Files.createTempDirectory(folder, name);
  }

  /// Deletes a folder that a server wrote.
  static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Sends as a plan says and watches the server meanwhile.
  static Measured measure(ServerProcess server, LoadPlan plan)
      throws IOException, InterruptedException {
    var stats = server.stats();
    long cpuBefore = stats.cpuMicros();
    long clientBefore = ownCpuMicros();
    var result = LoadRun.run(plan);
    long clientCpu = ownCpuMicros() - clientBefore;
    return new Measured(result, stats.cpuMicros() - cpuBefore, clientCpu, stats.peakMib());
  }

  private static long ownCpuMicros() throws IOException {
    return new ProcessStats(ProcessHandle.current().pid()).cpuMicros();
  }

  /// A run of load, and what it cost.
  ///
  /// @param peakMib largest resident size of the server since it began
  record Measured(LoadResult result, long serverCpuMicros, long clientCpuMicros, double peakMib) {
    long events() {
      return result.accepted() + result.duplicates();
    }

    double serverMicrosPerEvent() {
      return serverCpuMicros / (double) events();
    }

    double clientMicrosPerRequest() {
      return clientCpuMicros / (double) result.requests();
    }

    /// Cores the server kept busy.
    double serverCores() {
      return serverCpuMicros / 1e6 / result.seconds();
    }

    /// What went wrong, or `-`.
    String errors() {
      return result.errors().isEmpty() ? "-" : result.errors().toString();
    }
  }
}
