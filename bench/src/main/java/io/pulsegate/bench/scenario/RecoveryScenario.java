package io.pulsegate.bench.scenario;

import io.pulsegate.api.Metrics;
import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.core.EmbeddedLog;
import io.pulsegate.core.intake.Deduplicator;
import io.pulsegate.core.intake.WindowRebuild;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.SegmentedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/// How long a start takes after a crash, by how much is in the log: what recovery reads, and how
/// long deduplication takes to find its window again before the first event is taken.
///
/// The newest GiB is written as ever, its last segment left open. What is older is made of segments
/// with a frame or two, their files stretched to full size without taking the space: recovery looks
/// at the first and the last pages of such a file alone, whatever is between them.
final class RecoveryScenario implements Scenario {
  private static final List<Integer> GIB = List.of(1, 10, 100);
  private static final int SEGMENTS_PER_GIB = 4;
  private static final long SEGMENT_BYTES = LogConfig.defaults().segmentBytes();
  private static final LogConfig TINY =
      LogConfig.defaults().withSegmentBytes(4 << 10).withRecycle(false);

  /// What a server with a memory setting of 512 MiB has for it.
  private static final long WINDOW_BYTES = 64L << 20;

  private static final int TIMES = 3;

  @Override
  public String name() {
    return "recovery";
  }

  @Override
  public String summary() {
    return "a start after a crash with 1, 10 and 100 GiB of sealed segments, and the window of deduplication found again";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    var table =
        new Table(
            "recovery: a start after a crash, the last segment left open",
            List.of(
                new Column("sealed", "sealed", 0),
                new Column("segments", "segments", 0),
                new Column("scanned MiB", "scanned_mib", 0),
                new Column("open ms", "open_ms", 0),
                new Column("window read MiB", "window_mib", 0),
                new Column("ids found", "ids", 0),
                new Column("window ms", "window_ms", 0)));
    for (int gib : GIB) {
      Path folder = bench.newFolder("recovery");
      try {
        bench.progress().accept("recovery: making a log of " + gib + " GiB");
        Path made = folder.resolve("made");
        try (SegmentedLog log = LogScenario.open(made, TINY)) {
          var _ = new SegmentFiller(log).fill((gib - 1) * SEGMENTS_PER_GIB);
        }
        SegmentFiles.stretch(made, SEGMENT_BYTES);
        try (EmbeddedLog log = open(made)) {
          IdFiller.fill(log, 1L << 30);
          for (int i = 0; i < TIMES; i++) {
            bench.progress().accept("recovery: a start with " + gib + " GiB");
            measure(table, made, folder.resolve("crashed" + i), gib);
          }
        }
      } finally {
        Bench.delete(folder);
      }
    }
    bench.tables().accept(table);
  }

  /// Starts on the folder as a crash would leave it now.
  private static void measure(Table table, Path made, Path crashed, int gib) throws IOException {
    long scanned = SegmentFiles.asAfterACrash(made, crashed);
    long begun = System.nanoTime();
    try (EmbeddedLog log = open(crashed)) {
      double openMillis = (System.nanoTime() - begun) / 1e6;
      var deduplicator = new Deduplicator(WINDOW_BYTES);
      long opened = System.nanoTime();
      WindowRebuild.run(log, 0, deduplicator);
      double windowMillis = (System.nanoTime() - opened) / 1e6;
      table.row(
          String.format(Locale.ROOT, "%d GiB", gib),
          SegmentFiles.count(crashed),
          scanned >> 20,
          openMillis,
          Deduplicator.pinnedLogBytes(WINDOW_BYTES) >> 20,
          deduplicator.keysHeld(),
          windowMillis);
    }
  }

  private static EmbeddedLog open(Path home) {
    return EmbeddedLog.open(
        home, LogConfig.defaults(), InstantSource.system(), new SecureRandom(), Metrics.NONE);
  }
}
