package io.pulsegate.server.metrics;

import io.pulsegate.api.Metric;
import io.pulsegate.api.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What the process itself uses, named as Prometheus users know them.
public enum ProcessMetric implements Metric {
  RESIDENT_MEMORY(
      "process_resident_memory_bytes", "Resident memory of the process in bytes (Linux only)."),
  START_TIME("process_start_time_seconds", "When the process started, in seconds since 1970."),
  CPU_SECONDS("process_cpu_seconds", "CPU time the process has used, in seconds."),
  HEAP_USED("jvm_heap_used_bytes", "Java heap in use, in bytes."),
  HEAP_MAX("jvm_heap_max_bytes", "Largest size the Java heap may take, in bytes."),
  BUFFER_USED("jvm_buffer_used_bytes", "Memory outside the heap, in bytes.", "pool"),
  GC_COUNT("jvm_gc_collections", "Garbage collections since the start.", "collector"),
  GC_SECONDS("jvm_gc_seconds", "Time spent collecting since the start, in seconds.", "collector"),
  THREADS("jvm_threads", "Live platform threads."),
  DISK_FREE("pulsegate_disk_free_bytes", "Free space on the disk of the data folder, in bytes."),
  DISK_SIZE("pulsegate_disk_size_bytes", "Size of the disk of the data folder, in bytes.");

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT_LINE = "VmRSS:";

  private final String metricName;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  ProcessMetric(String metricName, String help, String... labels) {
    this.metricName = metricName;
    this.help = help;
    this.labels = List.of(labels);
  }

  /// Registers all of them.
  ///
  /// @param data the data folder, for the space on its disk
  public static void register(Metrics metrics, Path data) {
    var memory = ManagementFactory.getMemoryMXBean();
    var runtime = ManagementFactory.getRuntimeMXBean();
    var threads = ManagementFactory.getThreadMXBean();
    if (Files.isReadable(STATUS)) {
      metrics.gauge(RESIDENT_MEMORY, ProcessMetric::residentBytes);
    }
    metrics.gauge(START_TIME, () -> runtime.getStartTime() / 1e3);
    metrics.gauge(
        CPU_SECONDS,
        () ->
            ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(time -> time.toNanos() / 1e9)
                .orElse(Double.NaN));
    metrics.gauge(HEAP_USED, () -> memory.getHeapMemoryUsage().getUsed());
    metrics.gauge(HEAP_MAX, () -> memory.getHeapMemoryUsage().getMax());
    metrics.gauge(THREADS, threads::getThreadCount);
    for (var pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      metrics.gauge(BUFFER_USED, pool::getMemoryUsed, pool.getName());
    }
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      metrics.gauge(GC_COUNT, collector::getCollectionCount, collector.getName());
      metrics.gauge(GC_SECONDS, () -> collector.getCollectionTime() / 1e3, collector.getName());
    }
    metrics.gauge(DISK_FREE, () -> data.toFile().getUsableSpace());
    metrics.gauge(DISK_SIZE, () -> data.toFile().getTotalSpace());
  }

  /// The `VmRSS` line of `/proc/self/status`, in KiB (proc(5)).
  private static double residentBytes() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(RESIDENT_LINE))
          .mapToDouble(line ->
              Long.parseLong(line.substring(RESIDENT_LINE.length(), line.length() - 2).strip())
                  * 1024.0)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException | UncheckedIOException gone) {
      return Double.NaN;
    }
  }

  @Override
  public String metricName() {
    return metricName;
  }

  @Override
  public String help() {
    return help;
  }

  @Override
  public Kind kind() {
    return Kind.GAUGE;
  }

  @Override
  public List<String> labels() {
    return labels;
  }
}
