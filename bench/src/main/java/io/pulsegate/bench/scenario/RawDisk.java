package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/// What the bare device does, measured beside the log: blocks written over a file that was written
/// before, past the page cache, and fio where it is installed.
final class RawDisk {
  private static final long FILE_BYTES = 256L << 20;
  private static final int FILL_BYTES = 1 << 20;
  private static final Pattern FIO_RATE =
      Pattern.compile("\"write\"\\s*:\\s*\\{.*?\"bw_bytes\"\\s*:\\s*(\\d+)", Pattern.DOTALL);

  private final Path folder;
  private final long nanos;

  RawDisk(Path folder, double seconds) {
    this.folder = folder;
    this.nanos = (long) (seconds * 1e9);
  }

  /// @param perSecond writes, each synced
  record Loop(double p50Micros, double p99Micros, double perSecond) {}

  /// Writes blocks of that size, each synced (fdatasync) before the next.
  Loop loop(int blockBytes) throws IOException {
    Path file = Files.createTempFile(folder, "raw", ".bin");
    try (var channel = FileChannel.open(file, DeviceProbe.options(true))) {
      ByteBuffer fill = block(FILL_BYTES);
      for (long at = 0; at < FILE_BYTES; at += FILL_BYTES) {
        int _ = channel.write(fill.rewind(), at);
      }
      channel.force(true);
      ByteBuffer block = block(blockBytes);
      var latencies = new Histogram(3);
      long begun = System.nanoTime();
      long end = begun;
      for (long at = 0; end - begun < nanos; at = (at + blockBytes) % FILE_BYTES) {
        long before = end;
        int _ = channel.write(block.rewind(), at);
        channel.force(false);
        end = System.nanoTime();
        latencies.recordValue(end - before);
      }
      return new Loop(
          latencies.getValueAtPercentile(50) / 1e3,
          latencies.getValueAtPercentile(99) / 1e3,
          latencies.getTotalCount() / ((end - begun) / 1e9));
    } finally {
      Files.delete(file);
    }
  }

  private static ByteBuffer block(int bytes) {
    var block = ByteBuffer.allocateDirect(bytes + 4096).alignedSlice(4096).slice(0, bytes);
    var random = new SplittableRandom(1);
    for (int i = 0; i < bytes; i += Long.BYTES) {
      block.putLong(i, random.nextLong());
    }
    return block;
  }

  /// MiB/s of fio with O_DIRECT, 1 MiB blocks, 8 in flight, no sync; empty where fio is missing or
  /// fails.
  OptionalDouble fio() throws InterruptedException {
    Path file = folder.resolve("fio.bin");
    try {
      Process process =
          new ProcessBuilder(
                  "fio",
                  "--name=log",
                  "--filename=" + file,
                  "--rw=write",
                  "--bs=1M",
                  "--ioengine=libaio",
                  "--iodepth=8",
                  "--direct=1",
                  "--size=" + FILE_BYTES,
                  "--overwrite=1",
                  "--time_based",
                  String.format(Locale.ROOT, "--runtime=%d", Math.max(1, nanos / 1_000_000_000)),
                  "--output-format=json")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String report =
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      Matcher rate = FIO_RATE.matcher(report);
      return process.waitFor(1, TimeUnit.MINUTES) && rate.find()
          ? OptionalDouble.of(Long.parseLong(rate.group(1)) / (double) (1 << 20))
          : OptionalDouble.empty();
    } catch (IOException missing) {
      return OptionalDouble.empty();
    } finally {
      boolean _ = file.toFile().delete();
    }
  }
}
