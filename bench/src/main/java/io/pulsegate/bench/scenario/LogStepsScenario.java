package io.pulsegate.bench.scenario;

import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.RealDisk;
import io.pulsegate.log.SegmentedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What the single steps that make the log fast are worth: files that are written over, files
/// zeroed ahead, the way past the page cache, and the newest commits kept in memory for readers.
final class LogStepsScenario implements Scenario {
  private static final LogConfig ALL = LogConfig.defaults();
  private static final LogConfig GROWING = ALL.withRecycle(false);

  /// Twice round, which tells a slower disk from slower writing.
  private static final int ROUNDS = 2;

  private static final List<Files> FILES =
      List.of(
          new Files("written over; trimmed as it fills", ALL, true, true),
          new Files("growing; trimmed as it fills", GROWING, true, true),
          new Files("growing, through the page cache; trimmed as it fills", GROWING, true, false),
          new Files("zeroed ahead where there is time; nothing trimmed", ALL, false, true),
          new Files("growing; nothing trimmed", GROWING, false, true));

  /// How the log's files are written.
  private record Files(String what, LogConfig config, boolean isTrimmed, boolean isDirect) {}

  @Override
  public String name() {
    return "log-steps";
  }

  @Override
  public String summary() {
    return "what files written over, zeroed ahead and past the page cache are worth to the log, and its newest commits in memory to readers at its end";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    Path folder = bench.newFolder("steps");
    try {
      bench.tables().accept(files(bench, folder));
      bench.tables().accept(followers(bench, folder));
    } finally {
      Bench.delete(folder);
    }
  }

  private static Table files(Bench bench, Path folder) throws IOException, InterruptedException {
    var table =
        new Table(
            "log: how its files are written; 288-byte events",
            List.of(
                new Column("files", "files", 0),
                new Column("512 batches of 100, MiB/s", "batches_mib_per_second", 0),
                new Column("512 single, events/s", "singles_per_second", 0),
                new Column("1 single, p50 us", "alone_p50_us", 0),
                new Column("p99 us", "alone_p99_us", 0)));
    for (int round = 1; round <= ROUNDS; round++) {
      for (Files files : FILES) {
        bench.progress().accept("log-steps: round " + round + ", " + files.what());
        LoopResult alone = measure(bench, folder, files, LogScenario.ALONE);
        table.row(
            files.what(),
            measure(bench, folder, files, LogScenario.BATCHES).mibPerSecond(),
            measure(bench, folder, files, LogScenario.SINGLES).eventsPerSecond(),
            alone.p50Micros(),
            alone.p99Micros());
      }
    }
    return table;
  }

  private static LoopResult measure(Bench bench, Path folder, Files files, LoopLoad load)
      throws IOException, InterruptedException {
    Path home = folder.resolve("run");
    RealDisk disk = files.isDirect() ? RealDisk.at(home) : RealDisk.buffered(home);
    try (SegmentedLog log = LogScenario.open(disk, files.config())) {
      var journal = files.isTrimmed() ? OwnJournal.trimming(log) : OwnJournal.keeping(log);
      return new ClosedLoop(journal, load)
          .run(bench.length().toNanos() / 2, bench.length().toNanos());
    } finally {
      Bench.delete(home);
    }
  }

  private static Table followers(Bench bench, Path folder)
      throws IOException, InterruptedException {
    var table =
        new Table(
            "log: readers that follow its end, beside 512 batches of 100 in flight",
            List.of(
                new Column("readers", "readers", 0),
                new Column("newest in memory", "tail", 0),
                new Column("written MiB/s", "mib_per_second", 0),
                new Column("read MiB/s, all", "read_mib_per_second", 0),
                new Column("p99 us", "p99_us", 0),
                new Column("CPU us/event", "cpu_us_per_event", 2)));
    for (int round = 1; round <= ROUNDS; round++) {
      for (int readers : List.of(1, 4)) {
        for (LogConfig config : List.of(ALL, ALL.withTailCommits(0))) {
          bench.progress().accept("log-steps: round " + round + ", " + readers + " followers");
          follow(bench, folder, table, readers, config);
        }
      }
    }
    return table;
  }

  private static void follow(Bench bench, Path folder, Table table, int readers, LogConfig config)
      throws IOException, InterruptedException {
    Path home = folder.resolve("run");
    try (SegmentedLog log = LogScenario.open(home, config)) {
      var followers = new Followers(log, readers);
      try {
        Duration length = bench.length();
        long begun = System.nanoTime();
        LoopResult result =
            new ClosedLoop(OwnJournal.trimming(log), LogScenario.BATCHES)
                .run(length.toNanos() / 2, length.toNanos());
        double seconds = (System.nanoTime() - begun) / 1e9;
        table.row(
            readers,
            config.tailCommits() == 0
                ? "nothing"
                : config.tailCommits() * config.commitBytesMax() / (1 << 20) + " MiB",
            result.mibPerSecond(),
            followers.bytes() / seconds / (1 << 20),
            result.p99Micros(),
            result.cpuMicrosPerEvent());
      } finally {
        followers.stop();
      }
    } finally {
      Bench.delete(home);
    }
  }
}
