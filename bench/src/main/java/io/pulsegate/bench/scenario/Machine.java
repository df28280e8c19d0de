package io.pulsegate.bench.scenario;

import io.pulsegate.bench.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// The machine a benchmark runs on.
///
/// @param cores that this process may use
/// @param cpu model, as the kernel names it
/// @param memoryMib of the machine
/// @param disk type and device of the file system the data is on
/// @param java version of the runtime
public record Machine(
    int cores, String cpu, long memoryMib, String kernel, String disk, String java) {
  /// Looks around.
  ///
  /// @param folder where the data will be
  public static Machine inspect(Path folder) throws IOException {
    var store = Files.getFileStore(folder);
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        value("/proc/cpuinfo", "model name"),
        Math.round(ProcessStats.mib(text("/proc/meminfo"), "MemTotal:")),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        store.type() + " on " + store.name(),
        Runtime.version().toString());
  }

  /// For people, in one line.
  public String text() {
    return String.format(
        Locale.ROOT,
        "%d cores, %s, %,d MiB, %s, %s, Java %s",
        cores,
        cpu,
        memoryMib,
        kernel,
        disk,
        java);
  }

  /// For programs.
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"cores\":%d,\"cpu\":%s,\"memory_mib\":%d,\"kernel\":%s,\"disk\":%s,\"java\":%s}",
        cores,
        JsonText.quote(cpu),
        memoryMib,
        JsonText.quote(kernel),
        JsonText.quote(disk),
        JsonText.quote(java));
  }

  private static String value(String file, String name) {
    return text(file)
        .lines()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(System.getProperty("os.arch"));
  }

  /// Empty where the system has no such file.
  private static String text(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      return "";
    }
  }
}
