package io.pulsegate.bench.scenario;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.TenantId;
import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.core.EmbeddedLog;
import io.pulsegate.core.intake.Deduplicator;
import io.pulsegate.core.intake.WindowRebuild;
import io.pulsegate.log.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;

/// Deduplication by itself: ten million ids in 300 MB, what one costs, and how long a start takes
/// to find the window again.
final class DuplicatesScenario implements Scenario {
  private static final Size USUAL = new Size(10_000_000, 300_000_000);
  private static final Size LARGE = new Size(50_000_000, 1_500_000_000);

  /// @param ids that are to be known
  /// @param bytes of memory given
  private record Size(long ids, long bytes) {
    /// Whether this process has the memory, and something to spare.
    boolean fits() {
      return Runtime.getRuntime().maxMemory() > bytes / 2 * 5;
    }
  }

  /// What a server of 512 MiB has for it, and a smaller one.
  private static final List<Long> WINDOWS = List.of(16L << 20, 64L << 20);

  @Override
  public String name() {
    return "duplicates";
  }

  @Override
  public String summary() {
    return "deduplication alone: ten million ids within 300 MB, time for each; time to find the window again at a start";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    bench.tables().accept(window(bench, USUAL));
    if (LARGE.fits()) {
      bench.tables().accept(window(bench, LARGE));
    } else {
      bench.progress().accept("duplicates: 50 million ids need PULSEGATE_JAVA_OPTS=-Xmx4g");
    }
    Path folder = bench.newFolder("duplicates");
    try {
      bench.tables().accept(rebuilds(bench, folder));
    } finally {
      Bench.delete(folder);
    }
  }

  private static Table window(Bench bench, Size size) {
    long ids = size.ids();
    var table =
        new Table(
            String.format(
                Locale.ROOT,
                "duplicates: one tenant, %,d MB, blocks of 100 events; time in the decision alone",
                size.bytes() / 1_000_000),
            List.of(
                new Column("what", "what", 0),
                new Column("events", "events", 0),
                new Column("duplicates found", "duplicates", 0),
                new Column("ids held", "ids", 0),
                new Column("MB", "mb", 0),
                new Column("ns/event", "ns_per_event", 0)));
    var deduplicator = new Deduplicator(size.bytes());
    var blocks = new IdBlocks(new LaneKey(new TenantId("tenant"), 1));
    bench.progress().accept("duplicates: " + ids + " new ids");
    row(table, "new ids", deduplicator, blocks, 0, ids);
    bench.progress().accept("duplicates: a tenth of them again");
    row(table, "the oldest tenth again", deduplicator, blocks, 0, ids / 10);
    row(table, "the newest tenth again", deduplicator, blocks, ids - ids / 10, ids);
    row(table, "a fifth more", deduplicator, blocks, ids, ids + ids / 5);
    return table;
  }

  private static void row(
      Table table, String what, Deduplicator deduplicator, IdBlocks blocks, long from, long to) {
    long nanos = 0;
    long duplicates = 0;
    for (long first = from; first < to; first += IdBlocks.EVENTS) {
      EventBlock block = blocks.from(first);
      long begun = System.nanoTime();
      duplicates += deduplicator.decide(blocks.lane(), block, first).duplicates().size();
      nanos += System.nanoTime() - begun;
    }
    table.row(
        what,
        to - from,
        duplicates,
        deduplicator.keysHeld(),
        deduplicator.bytesHeld() / 1e6,
        nanos / (double) (to - from));
  }

  private static Table rebuilds(Bench bench, Path folder) throws IOException, InterruptedException {
    var table =
        new Table(
            "duplicates: finding the window again at a start, before the first event is taken",
            List.of(
                new Column("memory for keys", "memory", 0),
                new Column("log read MiB", "log_mib", 0),
                new Column("ids held", "ids", 0),
                new Column("ms", "ms", 0)));
    for (long bytes : WINDOWS) {
      bench.progress().accept("duplicates: a start with " + (bytes >> 20) + " MiB for keys");
      Path home = folder.resolve("log");
      try (EmbeddedLog log = open(home)) {
        IdFiller.fill(log, 2 * Deduplicator.pinnedLogBytes(bytes));
      }
      try (EmbeddedLog log = open(home)) {
        var deduplicator = new Deduplicator(bytes);
        long begun = System.nanoTime();
        WindowRebuild.run(log, 0, deduplicator);
        table.row(
            String.format(Locale.ROOT, "%d MiB", bytes >> 20),
            Deduplicator.pinnedLogBytes(bytes) >> 20,
            deduplicator.keysHeld(),
            (System.nanoTime() - begun) / 1e6);
      } finally {
        Bench.delete(home);
      }
    }
    return table;
  }

  private static EmbeddedLog open(Path home) {
    return EmbeddedLog.open(
        home, LogConfig.defaults(), InstantSource.system(), new SecureRandom(), Metrics.NONE);
  }
}
