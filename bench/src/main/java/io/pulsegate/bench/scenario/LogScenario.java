package io.pulsegate.bench.scenario;

import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.RealDisk;
import io.pulsegate.log.SegmentedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/// The ingestion log by itself, beside the bare device and beside journals of others: how much it
/// takes durably, what an event costs, how long one append takes, and what readers of the past do
/// to it.
final class LogScenario implements Scenario {
  static final int EVENT_BYTES = 288;
  static final LoopLoad BATCHES = new LoopLoad(512, 100, 100 * EVENT_BYTES);
  static final LoopLoad SINGLES = new LoopLoad(512, 1, EVENT_BYTES);
  static final LoopLoad ALONE = new LoopLoad(1, 1, EVENT_BYTES);

  private static final int SMALL_BYTES = 4 << 10;
  private static final int GROUP_BYTES = 128 << 10;
  private static final double SINGLES_PER_GROUP_WRITE = 250;

  /// The order tells a slower disk from slower writing.
  private static final List<Integer> READERS = List.of(0, 1, 4, 0, 1, 4);

  private static final long READ_NANOS = 3_000_000_000L;

  @Override
  public String name() {
    return "log";
  }

  @Override
  public String summary() {
    return "the log alone, beside the bare device and journals of others: 512 batches in flight, 512 single events, one append at a time; beside readers of the past";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    Path folder = bench.newFolder("log");
    try {
      bench.tables().accept(rates(bench, folder));
      bench.tables().accept(reading(bench, folder));
    } finally {
      Bench.delete(folder);
    }
  }

  private static Table rates(Bench bench, Path folder) throws IOException, InterruptedException {
    var table =
        new Table(
            "log: closed loop, durable, 288-byte events; `bare` is the device in the same minute",
            List.of(
                new Column("what", "what", 0),
                new Column("events/s", "events_per_second", 0),
                new Column("MiB/s", "mib_per_second", 0),
                new Column("p50 us", "p50_us", 0),
                new Column("p99 us", "p99_us", 0),
                new Column("CPU us/event", "cpu_us_per_event", 2),
                new Column("commits", "commits", 0),
                new Column("bare", "bare", 0),
                new Column("ratio", "ratio", 2)));
    var raw = new RawDisk(folder, Math.min(2, bench.seconds()));
    var others = OtherJournals.find();
    if (others.isEmpty()) {
      bench
          .progress()
          .accept("log: no journals of others here; `./pulsegate bench log` builds them");
    }

    LoopResult batches = measure(bench, folder, "512 batches of 100", BATCHES);
    OptionalDouble fio = raw.fio();
    String rate = fio.isPresent() ? text("fio 1 MiB qd8: %.0f MiB/s", fio.getAsDouble()) : "no fio";
    row(
        table,
        "512 batches of 100",
        batches,
        rate,
        batches.mibPerSecond() / fio.orElse(Double.NaN));
    compare(bench, table, folder, others, BATCHES);

    LoopResult singles = measure(bench, folder, "512 single events", SINGLES);
    RawDisk.Loop group = raw.loop(GROUP_BYTES);
    row(
        table,
        "512 single events",
        singles,
        text("128 KiB + fdatasync: %.0f/s", group.perSecond()),
        singles.eventsPerSecond() / (group.perSecond() * SINGLES_PER_GROUP_WRITE));
    compare(bench, table, folder, others, SINGLES);

    LoopResult alone = measure(bench, folder, "1 single event", ALONE);
    RawDisk.Loop small = raw.loop(SMALL_BYTES);
    row(
        table,
        "1 single event",
        alone,
        text("4 KiB + fdatasync: p50 %.0f us", small.p50Micros()),
        alone.p50Micros() / small.p50Micros());
    compare(bench, table, folder, others, ALONE);
    return table;
  }

  /// The same with each of the journals of others.
  private static void compare(
      Bench bench, Table table, Path folder, Optional<OtherJournals> others, LoopLoad load)
      throws IOException, InterruptedException {
    if (others.isEmpty()) {
      return;
    }
    for (String name : OtherJournals.NAMES) {
      bench.progress().accept("log: the same with " + name);
      Path home = Files.createDirectory(folder.resolve("other"));
      try {
        LoopResult result =
            others.get().run(name, home, load, bench.warmUp().toNanos(), bench.length().toNanos());
        row(table, "  " + name, result, "", Double.NaN);
      } catch (IOException e) {
        bench.progress().accept(String.valueOf(e.getMessage()));
      } finally {
        Bench.delete(home);
      }
    }
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static void row(Table table, String what, LoopResult result, String bare, double ratio) {
    table.row(
        what,
        result.eventsPerSecond(),
        result.mibPerSecond(),
        result.p50Micros(),
        result.p99Micros(),
        result.cpuMicrosPerEvent(),
        result.commits() < 0 ? Double.NaN : (double) result.commits(),
        result.refused() ? bare + "; APPENDS WERE REFUSED" : bare,
        ratio);
  }

  private static LoopResult measure(Bench bench, Path folder, String what, LoopLoad load)
      throws IOException, InterruptedException {
    bench.progress().accept("log: " + what);
    Path home = folder.resolve("run");
    try (SegmentedLog log = open(home, LogConfig.defaults())) {
      return new ClosedLoop(OwnJournal.trimming(log), load)
          .run(bench.warmUp().toNanos(), bench.length().toNanos());
    } finally {
      Bench.delete(home);
    }
  }

  /// The same writer without and with readers of what was written first, in turns.
  private static Table reading(Bench bench, Path folder) throws IOException, InterruptedException {
    var table =
        new Table(
            "log: 512 batches of 100 in flight while the past is read; nothing is trimmed",
            List.of(
                new Column("readers", "readers", 0),
                new Column("written MiB/s", "mib_per_second", 0),
                new Column("read MiB/s", "read_mib_per_second", 0),
                new Column("p99 us", "p99_us", 0)));
    for (int readers : READERS) {
      bench.progress().accept("log: writing beside " + readers + " readers");
      Path home = folder.resolve("read");
      try (SegmentedLog log = open(home, LogConfig.defaults())) {
        var _ = new ClosedLoop(OwnJournal.keeping(log), BATCHES).run(0, READ_NANOS / 2);
        var old = new OldReaders(log, readers, 0, log.end());
        try {
          long begun = System.nanoTime();
          LoopResult result = new ClosedLoop(OwnJournal.keeping(log), BATCHES).run(0, READ_NANOS);
          double seconds = (System.nanoTime() - begun) / 1e9;
          table.row(
              readers,
              result.mibPerSecond(),
              old.bytes() / seconds / (1 << 20),
              result.p99Micros());
        } finally {
          old.stop();
        }
      } finally {
        Bench.delete(home);
      }
    }
    return table;
  }

  static SegmentedLog open(Path folder, LogConfig config) {
    return open(RealDisk.at(folder), config);
  }

  static SegmentedLog open(RealDisk disk, LogConfig config) {
    return SegmentedLog.open(config, disk, InstantSource.system(), new SecureRandom());
  }
}
