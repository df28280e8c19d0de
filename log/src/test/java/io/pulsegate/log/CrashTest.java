package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/// One short scenario (open, append alone and in groups, roll, trim, save a cursor, close), cut
/// short at every call to the disk in turn, by each kind of fault; then opened again, checked, and
/// cut again.
class CrashTest {
  private static final LogConfig CONFIG =
      new LogConfig(24 << 10, 16 << 10, 8 << 10, 1 << 20, 64 << 10, 4096);
  private static final LogConfig RECYCLING = CONFIG.withSegmentBytes(32 << 10).withRecycle(true);

  private final SimulatedDisk disk = new SimulatedDisk();
  private final History history = new History();
  private int savedCursor;
  private int tryingCursor;
  private LogConfig config = CONFIG;
  private boolean recycled;
  private int lives;

  @Test
  void losesNothingAcknowledgedWhenThePowerGoesAtAnyCall() {
    forEveryCall((test, n) -> test.disk.powerOff(n), (test, random) -> test.disk.crash(random), 2);
  }

  @Test
  void losesNothingAcknowledgedWhenAnyCallFailsAndTheProcessEnds() {
    forEveryCall((test, n) -> test.disk.failCall(n), (test, _) -> test.disk.kill(), 1);
  }

  @Test
  void losesNothingAcknowledgedWhenAnyCallFailsAndThenThePowerGoes() {
    forEveryCall((test, n) -> test.disk.failCall(n), (test, random) -> test.disk.crash(random), 2);
  }

  @Test
  void losesNothingAcknowledgedWhenAnyForceFailsAndItsPagesCountAsClean() {
    forEveryCall(
        (test, n) -> test.disk.failForce(n),
        (test, random) -> {
          // The process sees its unsynced pages after a restart; recovery must not trust them.
          test.disk.kill();
          test.reopenAndCheck("after the kill");
          test.disk.crash(random);
        },
        2);
  }

  @Test
  void passesOverTheOffsetsOfATornTailEvenWhenRecoveryIsCutShortToo() {
    for (int seed = 0; seed < 3; seed++) {
      for (int n = 1; n <= 20; n++) {
        var random = new SplittableRandom(seed * 1000L + n);
        var test = new CrashTest();
        try (var log = Logs.open(CONFIG, test.disk)) {
          test.alone(log, "a", 100);
          test.disk.failForce(1);
          assertThat(test.alone(log, "a", 100)).isFalse();
        }
        test.disk.crash(random);
        test.disk.powerOff(n);
        try (var log = Logs.open(CONFIG, test.disk)) {
          assertThat(log.end()).isPositive();
        } catch (LogException e) {
          assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
        }
        test.disk.crash(random);
        test.history.newLife();
        try (var log = Logs.open(CONFIG, test.disk)) {
          test.history.check(log);
          assertThat(test.alone(log, "a", 100)).as("seed %d call %d", seed, n).isTrue();
        }
      }
    }
  }

  private static void forEveryCall(
      BiConsumer<CrashTest, Integer> fault,
      BiConsumer<CrashTest, SplittableRandom> end,
      int seeds) {
    forEveryCall(CONFIG, fault, end, seeds);
    forEveryCall(RECYCLING, fault, end, 1);
  }

  private static void forEveryCall(
      LogConfig config,
      BiConsumer<CrashTest, Integer> fault,
      BiConsumer<CrashTest, SplittableRandom> end,
      int seeds) {
    var clean = of(config);
    clean.live();
    long calls = clean.disk.calls();
    assertThat(clean.recycled).isEqualTo(config.recycle());
    assertThat(clean.history.acknowledged().size()).isGreaterThan(25);
    for (int seed = 0; seed < seeds; seed++) {
      for (int n = 1; n <= calls + 1; n++) {
        var random = new SplittableRandom(seed * 100_000L + n);
        var test = of(config);
        String at = "seed %d, call %d".formatted(seed, n);
        try {
          fault.accept(test, n);
          test.live();
          end.accept(test, random);
          test.reopenAndCheck(at);
          fault.accept(test, random.nextInt(1, (int) calls));
          test.live();
          end.accept(test, random);
          test.reopenAndCheck(at + ", second life");
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(at, e);
        }
      }
    }
  }

  private static CrashTest of(LogConfig config) {
    var test = new CrashTest();
    test.config = config;
    return test;
  }

  /// The scenario, as far as it goes.
  private void live() {
    lives++;
    history.newLife();
    try (var cursor = new CursorFile(disk, "cursor");
        var log = Logs.open(config, disk)) {
      for (int i = 0; i < 6; i++) {
        if (!alone(log, "a" + i % 2, 1500 + i) || !group(log, i) || !save(cursor)) {
          return;
        }
        if (i > 2) {
          long below = log.end() - 5;
          history.trimmed(below);
          log.trim(below);
          recycled |= disk.names().stream().anyMatch(SegmentPool::isReadyName);
        }
      }
    } catch (LogException e) {
      assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
    }
  }

  private boolean alone(SegmentedLog log, String lane, int bytes) {
    TestAppend append = append(lane, bytes, 2, () -> {});
    log.append(append);
    return append.await() instanceof TestAppend.Outcome.Durable;
  }

  /// Five appends in one commit: the first hands the others over while it is being admitted.
  private boolean group(SegmentedLog log, int i) {
    var appends = new ArrayList<TestAppend>();
    TestAppend first =
        append(
            "group",
            700 * i,
            1,
            () -> {
              for (int k = 0; k < 4; k++) {
                appends.add(append("g" + k, 10 + 300 * k, k + 1, () -> {}));
                log.append(appends.getLast());
              }
            });
    log.append(first);
    boolean durable = first.await() instanceof TestAppend.Outcome.Durable;
    for (TestAppend append : appends) {
      durable &= append.await() instanceof TestAppend.Outcome.Durable;
    }
    return durable;
  }

  private int bodies;

  private TestAppend append(String lane, int bytes, int count, Runnable onAdmit) {
    String name = "life %d body %d ".formatted(lives, bodies++);
    return history.append(lane, name + "x".repeat(bytes), count, onAdmit);
  }

  private boolean save(CursorFile cursor) {
    tryingCursor++;
    cursor.save(Integer.toString(tryingCursor).getBytes(StandardCharsets.UTF_8));
    savedCursor = tryingCursor;
    return true;
  }

  private void reopenAndCheck(String at) {
    history.newLife();
    try (var log = Logs.open(config, disk)) {
      history.check(log);
    }
    try (var cursor = new CursorFile(disk, "cursor")) {
      Optional<byte[]> record = cursor.load();
      int found =
          record
              .map(bytes -> Integer.parseInt(new String(bytes, StandardCharsets.UTF_8)))
              .orElse(0);
      assertThat(found).as(at).isBetween(savedCursor, tryingCursor);
      savedCursor = found;
    }
  }
}
