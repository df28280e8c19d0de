package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Small logs for tests, and short ways to read them.
public final class Logs {
  /// Segments of 64 KiB, commits of 32 KiB, bodies of up to 16 KiB, a granule per page.
  public static final LogConfig SMALL =
      new LogConfig(64 << 10, 32 << 10, 16 << 10, 1 << 20, 128 << 10, 4096);

  private static final AtomicLong SEEDS = new AtomicLong(1);

  // Held on to, because the logging system would forget a logger and its level.
  private static final Logger QUIET = Logger.getLogger("io.pulsegate.log");

  static {
    QUIET.setLevel(Level.OFF);
  }

  private Logs() {}

  public static SegmentedLog open(Disk disk) {
    return open(SMALL, disk);
  }

  public static SegmentedLog open(LogConfig config, Disk disk) {
    return open(config, disk, InstantSource.system());
  }

  public static SegmentedLog open(LogConfig config, Disk disk, InstantSource clock) {
    return SegmentedLog.open(config, disk, clock, new SplittableRandom(SEEDS.incrementAndGet()));
  }

  public static List<Frame> all(SegmentedLog log) {
    return read(log.reader(0, Optional.empty()));
  }

  public static List<Frame> lane(SegmentedLog log, String lane) {
    return read(log.reader(0, Optional.of(lane)));
  }

  /// Everything the reader still gives, in polls of about 20 KB; closes it.
  public static List<Frame> read(LogReader reader) {
    try (reader) {
      var frames = new ArrayList<Frame>();
      List<Frame> more = reader.poll(20_000);
      while (!more.isEmpty()) {
        frames.addAll(more);
        more = reader.poll(20_000);
      }
      return frames;
    }
  }

  public static String text(Frame frame) {
    return StandardCharsets.UTF_8.decode(frame.body()).toString();
  }

  public static byte[] bytes(Frame frame) {
    ByteBuffer body = frame.body();
    byte[] bytes = new byte[body.remaining()];
    body.get(bytes);
    return bytes;
  }

  public static List<String> texts(List<Frame> frames) {
    return frames.stream().map(Logs::text).toList();
  }

  /// Appends and waits until it is durable.
  public static long append(SegmentedLog log, String lane, String text) {
    TestAppend append = TestAppend.of(lane, text);
    log.append(append);
    return append.awaitOffset();
  }
}
