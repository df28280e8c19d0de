package io.pulsegate.bench.scenario;

import io.pulsegate.bench.scenario.Table.Column;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.RealDisk;
import io.pulsegate.log.SegmentedLog;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// The ingestion log by itself, in this process, beside the bare device: how much it takes durably,
/// what an event costs, how long one append takes, and how long opening takes.
final class LogScenario implements Scenario {
  private static final int EVENT_BYTES = 288;
  private static final int IN_FLIGHT = 512;
  private static final int BATCH = 100;
  private static final int SMALL_BYTES = 4 << 10;
  private static final int GROUP_BYTES = 128 << 10;
  private static final double SINGLES_PER_GROUP_WRITE = 250;

  /// The order tells a slower disk from slower writing.
  private static final List<Integer> READERS = List.of(0, 1, 4, 0, 1, 4);

  private static final int READ_SECONDS = 2;

  /// Segments of 256 MiB in 1, 10 and 100 GiB.
  private static final List<Integer> SEGMENTS = List.of(4, 40, 400);

  @Override
  public String name() {
    return "log";
  }

  @Override
  public String summary() {
    return "the log alone, beside the bare device: 512 batches in flight, 512 single events, one append at a time; beside readers of the past; time to open";
  }

  @Override
  public void run(Bench bench) throws IOException, InterruptedException {
    Path folder = bench.newFolder("log");
    try {
      bench.tables().accept(rates(bench, folder));
      bench.tables().accept(reading(bench, folder));
      bench.tables().accept(opening(bench, folder));
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
    bench.progress().accept("log: batches of 100");
    LogDriver.Result batches = measure(bench, folder, IN_FLIGHT, BATCH);
    OptionalDouble fio = raw.fio();
    row(
        table,
        "512 batches of 100",
        batches,
        fio.isPresent() ? text("fio 1 MiB qd8: %.0f MiB/s", fio.getAsDouble()) : "no fio",
        fio.isPresent() ? batches.mibPerSecond() / fio.getAsDouble() : Double.NaN);
    bench.progress().accept("log: single events");
    LogDriver.Result singles = measure(bench, folder, IN_FLIGHT, 1);
    RawDisk.Loop group = raw.loop(GROUP_BYTES);
    row(
        table,
        "512 single events",
        singles,
        text("128 KiB + fdatasync: %.0f/s", group.perSecond()),
        singles.eventsPerSecond() / (group.perSecond() * SINGLES_PER_GROUP_WRITE));
    bench.progress().accept("log: one append at a time");
    LogDriver.Result alone = measure(bench, folder, 1, 1);
    RawDisk.Loop small = raw.loop(SMALL_BYTES);
    row(
        table,
        "1 single event",
        alone,
        text("4 KiB + fdatasync: p50 %.0f us", small.p50Micros()),
        alone.p50Micros() / small.p50Micros());
    return table;
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private static void row(
      Table table, String what, LogDriver.Result result, String bare, double ratio) {
    table.row(
        what,
        result.eventsPerSecond(),
        result.mibPerSecond(),
        result.p50Micros(),
        result.p99Micros(),
        result.cpuMicrosPerEvent(),
        result.commits(),
        result.refused() ? bare + "; APPENDS WERE REFUSED" : bare,
        ratio);
  }

  private static LogDriver.Result measure(Bench bench, Path folder, int inFlight, int events)
      throws IOException, InterruptedException {
    Path home = folder.resolve("run");
    try (SegmentedLog log = open(home, LogConfig.defaults())) {
      return new LogDriver(log, inFlight, events, events * EVENT_BYTES)
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
        var past = new LogDriver(log, IN_FLIGHT, BATCH, BATCH * EVENT_BYTES).keeping(0);
        var _ = past.run(0, READ_SECONDS * 1_000_000_000L);
        long end = log.end();
        var driver = new LogDriver(log, IN_FLIGHT, BATCH, BATCH * EVENT_BYTES).keeping(0);
        var old = new OldReaders(log, readers, 0, end);
        try {
          long begun = System.nanoTime();
          LogDriver.Result result = driver.run(0, READ_SECONDS * 1_000_000_000L);
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

  private static SegmentedLog open(Path folder, LogConfig config) {
    return SegmentedLog.open(
        config, RealDisk.at(folder), InstantSource.system(), new SecureRandom());
  }

  /// Sealed segments are opened by their first and last page, so their number counts, not their
  /// size: small ones stand for large ones here.
  private static Table opening(Bench bench, Path folder) throws IOException, InterruptedException {
    var table =
        new Table(
            "log: opening a closed log, by sealed segments",
            List.of(
                new Column("segments", "segments", 0),
                new Column("as many as", "stands_for", 0),
                new Column("ms", "ms", 1)));
    LogConfig config = LogConfig.defaults().withSegmentBytes(SMALL_BYTES).withRecycle(false);
    for (int segments : SEGMENTS) {
      bench.progress().accept("log: opening " + segments + " segments");
      Path home = folder.resolve("open");
      try (SegmentedLog log = open(home, config)) {
        long commits = new SegmentFiller(log).fill(segments);
        if (commits < segments) {
          throw new IOException("only %d segments were written".formatted(commits));
        }
      }
      long begun = System.nanoTime();
      try (SegmentedLog log = open(home, config)) {
        double millis = (System.nanoTime() - begun) / 1e6;
        table.row(log.stats().segments(), segments / 4 + " GiB", millis);
      } finally {
        Bench.delete(home);
      }
    }
    return table;
  }
}
