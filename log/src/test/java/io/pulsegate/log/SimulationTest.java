package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Some lives of one log, each with random actions cut short by a random fault at a random call to
/// the disk; after each the log is opened again and must have kept what it promised ([History]).
///
/// The seed decides sizes, actions, faults and what a crash keeps, though not how threads take
/// turns. `-Dseed=N` replays one seed, `-Dseeds=N` tries so many; `-DfirstSeed=N` says from where.
class SimulationTest {
  private static final int LIVES = 4;

  private final SimulatedDisk disk = new SimulatedDisk();
  private final History history = new History();
  private int bodies;

  static LongStream seeds() {
    Long one = Long.getLong("seed");
    long first = Long.getLong("firstSeed", 1);
    return one != null
        ? LongStream.of(one)
        : LongStream.range(first, first + Long.getLong("seeds", 300));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void keepsItsPromisesWhateverFails(long seed) {
    var random = new SplittableRandom(seed);
    for (int life = 0; life < LIVES; life++) {
      String at = "seed %d, life %d; replay with -Dseed=%d".formatted(seed, life, seed);
      try {
        LogConfig config = config(random);
        String fault = fault(random);
        live(config, random);
        String end = end(random);
        history.newLife();
        try (var log = Logs.open(config, disk)) {
          history.check(log);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError("after " + fault + ", then " + end, e);
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(at, e);
      }
    }
  }

  private static LogConfig config(SplittableRandom random) {
    int commit = random.nextInt(4, 9) * Format.PAGE;
    return new LogConfig(
        random.nextInt(20, 120) << 10,
        commit,
        commit / 2,
        1 << 20,
        2L * commit,
        4096,
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextInt(5));
  }

  private String fault(SplittableRandom random) {
    int n = 1 + random.nextInt(random.nextBoolean() ? 12 : 90);
    return switch (random.nextInt(7)) {
      case 0 -> "nothing";
      case 1 -> {
        disk.failCall(n, random.nextInt(40));
        yield "call " + n + " failing";
      }
      case 2 -> {
        disk.failForce(n);
        yield "force " + n + " failing";
      }
      case 3 -> {
        disk.failRead(n);
        yield "read " + n + " failing";
      }
      case 4 -> {
        disk.fillAt(n);
        yield "a full disk at call " + n;
      }
      default -> {
        disk.powerOff(n);
        yield "power off at call " + n;
      }
    };
  }

  private void live(LogConfig config, SplittableRandom random) {
    history.newLife();
    try (var log = Logs.open(config, disk)) {
      boolean accepting = true;
      for (int step = 0; step < 25 && accepting; step++) {
        switch (random.nextInt(9)) {
          case 0 -> trim(log, random);
          case 1 -> read(log, random);
          case 2 -> release(log, random);
          default -> accepting = append(log, config, random);
        }
      }
    } catch (LogException e) {
      assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
    }
  }

  private void trim(SegmentedLog log, SplittableRandom random) {
    long below = random.nextLong(log.end() + 1);
    history.trimmed(below);
    try {
      log.trim(below);
    } catch (LogException e) {
      assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
    }
  }

  /// Some lanes have fallen behind and need their own frames from somewhere on, down to the log's
  /// old end.
  private void release(SegmentedLog log, SplittableRandom random) {
    Map<String, Long> behind = new HashMap<>();
    for (int lane = 0; lane < 4; lane++) {
      if (random.nextInt(3) == 0) {
        behind.put("lane" + lane, random.nextLong(log.oldest(), log.end() + 1));
      }
    }
    var needs =
        new Needs(
            random.nextLong(log.end() + 1),
            behind,
            Long.MAX_VALUE,
            0,
            random.nextInt(4) == 0 ? 0.25 : 1);
    history.released(needs);
    try {
      var _ = log.release(needs);
    } catch (LogException e) {
      assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
    }
  }

  private static void read(SegmentedLog log, SplittableRandom random) {
    try (LogReader reader = log.reader(random.nextLong(log.end() + 1), Optional.empty())) {
      long end = log.end();
      for (var frames = reader.poll(9000); !frames.isEmpty(); frames = reader.poll(9000)) {
        assertThat(frames.getFirst().firstOffset()).isLessThan(end);
      }
    } catch (LogException e) {
      assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
    }
  }

  /// Some appends at once, waited for together.
  private boolean append(SegmentedLog log, LogConfig config, SplittableRandom random) {
    var appends = new ArrayList<TestAppend>();
    int group = random.nextInt(3) == 0 ? random.nextInt(1, 20) : 1;
    for (int i = 0; i < group; i++) {
      int bytes = random.nextInt(random.nextInt(4) == 0 ? config.maxBodyBytes() - 40 : 900);
      String body = "body " + bodies++ + " " + "x".repeat(bytes);
      appends.add(history.append("lane" + random.nextInt(4), body, random.nextInt(1, 4), () -> {}));
      log.append(appends.getLast());
    }
    boolean accepting = true;
    for (TestAppend append : appends) {
      accepting &= append.await() instanceof TestAppend.Outcome.Durable;
    }
    return accepting;
  }

  private String end(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> {
        disk.kill();
        yield "a kill";
      }
      case 1 -> {
        disk.kill();
        yield "a kill, a start and a crash: " + startAndCrash(random);
      }
      default -> {
        disk.crash(random);
        yield "a crash";
      }
    };
  }

  /// A process may see, after a kill, pages that never reached the disk: it must not build on them.
  private boolean startAndCrash(SplittableRandom random) {
    history.newLife();
    if (random.nextBoolean()) {
      disk.powerOff(random.nextInt(1, 20));
    }
    boolean started;
    try (var log = Logs.open(disk)) {
      history.check(log);
      started = true;
    } catch (LogException e) {
      assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
      started = false;
    }
    disk.crash(random);
    return started;
  }
}
