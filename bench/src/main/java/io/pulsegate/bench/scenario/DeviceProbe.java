package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// The bare device, for comparison: a file that grows by blocks, each written past the page cache
/// and synced (`fdatasync`) before the next, on one thread.
///
/// @param commitP50Micros one block of 4 KiB, written and synced: median
/// @param commitP99Micros the same, 99th percentile
/// @param durableMibPerSecond blocks of 1 MiB, each synced
/// @param isDirect false where the file system refuses DIRECT and the page cache was used
public record DeviceProbe(
    double commitP50Micros, double commitP99Micros, double durableMibPerSecond, boolean isDirect) {
  private static final int SMALL_BYTES = 4 << 10;
  private static final int LARGE_BYTES = 1 << 20;
  private static final int ALIGNMENT_BYTES = 4 << 10;
  private static final long FILE_BYTES_MAX = 1L << 30;
  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_000);

  /// Measures for about two seconds.
  public static DeviceProbe measure(Path folder) throws IOException {
    boolean isDirect = takesDirect(folder);
    var small = new Histogram(3);
    measure(folder, isDirect, SMALL_BYTES, small);
    double mibPerSecond = measure(folder, isDirect, LARGE_BYTES, new Histogram(3));
    return new DeviceProbe(
        small.getValueAtPercentile(50) / 1e3,
        small.getValueAtPercentile(99) / 1e3,
        mibPerSecond,
        isDirect);
  }

  /// For people, in one line.
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s + fdatasync: 4 KiB commit p50 %.0f us, p99 %.0f us; 1 MiB blocks %,.0f MiB/s",
        isDirect ? "DIRECT" : "buffered",
        commitP50Micros,
        commitP99Micros,
        durableMibPerSecond);
  }

  /// For programs.
  public String json() {
    return String.format(
        Locale.ROOT,
        "{\"direct\":%b,\"commit_4k_p50_us\":%.1f,\"commit_4k_p99_us\":%.1f,\"durable_mib_per_second\":%.1f}",
        isDirect,
        commitP50Micros,
        commitP99Micros,
        durableMibPerSecond);
  }

  private static double measure(Path folder, boolean isDirect, int blockBytes, Histogram latencies)
      throws IOException {
    var file = Files.createTempFile(folder, "probe", ".bin");
    var block =
        ByteBuffer.allocateDirect(blockBytes + ALIGNMENT_BYTES).alignedSlice(ALIGNMENT_BYTES);
    block.limit(blockBytes);
    // Random bytes, so that no layer below can shrink them.
    var random = new SplittableRandom(1);
    for (int i = 0; i < blockBytes; i += Long.BYTES) {
      block.putLong(i, random.nextLong());
    }
    try (var channel = FileChannel.open(file, options(isDirect))) {
      long start = System.nanoTime();
      long end = start;
      long position = 0;
      while (end - start < PROBE_NANOS && position < FILE_BYTES_MAX) {
        long begun = end;
        position += channel.write(block.rewind(), position);
        channel.force(false);
        end = System.nanoTime();
        latencies.recordValue(end - begun);
      }
      return position / (double) (1 << 20) / ((end - start) / 1e9);
    } finally {
      Files.delete(file);
    }
  }

  private static boolean takesDirect(Path folder) throws IOException {
    var file = Files.createTempFile(folder, "probe", ".bin");
    try (var channel = FileChannel.open(file, options(true))) {
      return channel.isOpen();
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    } finally {
      Files.delete(file);
    }
  }

  static Set<OpenOption> options(boolean isDirect) {
    return isDirect ? Set.of(StandardOpenOption.WRITE, direct()) : Set.of(StandardOpenOption.WRITE);
  }

  /// `ExtendedOpenOption.DIRECT` of the module `jdk.unsupported`, which javac warns about.
  private static OpenOption direct() {
    try {
      var option =
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getField("DIRECT").get(null);
      return (OpenOption) Objects.requireNonNull(option);
    } catch (ReflectiveOperationException e) {
      throw new UnsupportedOperationException("this runtime has no DIRECT", e);
    }
  }
}
