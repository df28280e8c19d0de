package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Segments in files that were segments before.
class RecyclingTest {
  private static final LogConfig CONFIG = Logs.SMALL.withRecycle(true);

  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  @Timeout(30)
  void aFileOfZerosIsPreparedAheadOfNeedAndTakenByTheNextSegment() {
    LogConfig config = Logs.SMALL.withRecycle(true).withPrepare(true);
    var texts = new java.util.ArrayList<String>();
    try (SegmentedLog log = Logs.open(config, disk)) {
      while (log.stats().segments() < 2) {
        texts.add("x".repeat(2_000) + texts.size());
        Logs.append(log, "lane", texts.getLast());
        // More than half full: from here on somebody else is at work.
        while (texts.size() == 8 && disk.names().stream().noneMatch(SegmentPool::isReadyName)) {
          Thread.onSpinWait();
        }
      }
    }
    String second = disk.names().stream().filter(Format::isSegmentName).sorted().toList().get(1);
    assertThat(allocatedBytes(second)).isEqualTo(config.segmentBytes());
    try (SegmentedLog log = Logs.open(config, disk)) {
      assertThat(Logs.texts(Logs.all(log))).isEqualTo(texts);
    }
  }

  @Test
  void nothingIsPreparedWhereSpaceIsShort() {
    LogConfig config = Logs.SMALL.withRecycle(true).withPrepare(true);
    try (SegmentedLog log = Logs.open(config, disk)) {
      disk.usableBytes(config.reserveBytes() + 3 * config.segmentBytes());
      while (log.stats().segments() < 2) {
        Logs.append(log, "lane", "x".repeat(2_000));
      }
    }
    assertThat(disk.names())
        .noneMatch(SegmentPool::isReadyName)
        .noneMatch(ZeroedFile::isUnfinished);
  }

  @Test
  void writesOverTheFilesOfSegmentsThatHaveGone() {
    var texts = new ArrayList<String>();
    try (var log = Logs.open(CONFIG, disk)) {
      for (int i = 0; i < 200; i++) {
        texts.add(i + "x".repeat(3000));
        assertThat(Logs.append(log, "a", texts.getLast())).isEqualTo(i);
        log.trim(i - 20);
        assertThat(disk.names()).hasSizeLessThan(8);
      }
      List<String> kept = texts.subList((int) log.start(), texts.size());
      assertThat(Logs.texts(Logs.all(log))).isEqualTo(kept);
      assertThat(log.stats().damagedBytes()).isZero();
    }
    assertThat(disk.names().stream().filter(Format::isSegmentName).map(this::allocatedBytes))
        .as("begun in files that were written before")
        .allMatch(bytes -> bytes > 40_000);
    try (var log = Logs.open(CONFIG, disk)) {
      assertThat(Logs.texts(Logs.all(log)).getLast()).isEqualTo(texts.getLast());
      assertThat(log.end()).isEqualTo(200);
      assertThat(log.stats().tornBytes()).isZero();
      assertThat(log.stats().damagedBytes()).isZero();
    }
  }

  private long allocatedBytes(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(disk.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    return SegmentHeader.read(bytes, 0, name).orElseThrow().allocatedBytes();
  }

  @Test
  void nothingOfAFormerLifeIsEverReadHoweverTheLogEnds() {
    for (int seed = 0; seed < 60; seed++) {
      var random = new SplittableRandom(seed);
      var each = new SimulatedDisk();
      var history = new History();
      try (var log = Logs.open(CONFIG, each)) {
        int frames = random.nextInt(60, 130);
        for (int i = 0; i < frames; i++) {
          String body = i + "y".repeat(random.nextInt(6000));
          TestAppend append = history.append("lane" + i % 3, body, 1, () -> {});
          log.append(append);
          append.awaitOffset();
          long below = log.end() - 8;
          history.trimmed(below);
          log.trim(below);
        }
        each.crash(random);
      }
      history.newLife();
      try (var log = Logs.open(CONFIG, each)) {
        history.check(log);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void doesNotWriteOverAFileThatSomebodyReads() {
    // Segments larger than what a reader holds in memory.
    try (var log = Logs.open(CONFIG.withSegmentBytes(1 << 20), disk)) {
      for (int i = 0; i < 200; i++) {
        Logs.append(log, "a", i + "x".repeat(16_000));
      }
      try (LogReader reader = log.reader(0, Optional.empty())) {
        assertThat(reader.poll(1)).hasSize(1);
        log.trim(Long.MAX_VALUE);
        assertThat(log.stats().segments()).isEqualTo(1);
        for (int i = 200; i < 400; i++) {
          Logs.append(log, "a", i + "z".repeat(16_000));
        }
        for (int i = 1; i < 40; i++) {
          assertThat(Logs.texts(reader.poll(1))).containsExactly(i + "x".repeat(16_000));
        }
        assertThat(log.stats().damagedBytes()).isZero();
      }
    }
  }

  @Test
  void doesNotWriteOverAFileWhoseOldNameMayStillComeBack() {
    try (var log = Logs.open(CONFIG, disk)) {
      for (int i = 0; i < 20; i++) {
        Logs.append(log, "a", i + "x".repeat(8000));
      }
      disk.failCall(2); // the sync behind the rename
      assertThatThrownBy(() -> log.trim(10)).isInstanceOf(LogException.class);
      assertThat(rollAndLook(log)).as("a new file").isZero();
      log.trim(10);
      assertThat(rollAndLook(log)).as("the file, now that it is safe").isPositive();
    }
  }

  private long rollAndLook(SegmentedLog log) {
    for (int i = 0; i < 10; i++) {
      Logs.append(log, "a", "y".repeat(8000));
    }
    return disk.names().stream()
        .filter(Format::isSegmentName)
        .mapToLong(this::allocatedBytes)
        .max()
        .orElseThrow();
  }

  @Test
  void takesNeitherHeaderNorTrailerOfAFormerLifeForItsOwn() {
    try (var log = Logs.open(CONFIG, disk)) {
      for (int i = 0; i < 60; i++) {
        Logs.append(log, "a", i + "x".repeat(4000));
        log.trim(i - 5);
      }
    }
    disk.kill();
    try (var log = Logs.open(CONFIG, disk)) {
      Logs.append(log, "a", "in a recycled file");
      disk.kill();
    }
    String name = disk.names().stream().filter(Format::isSegmentName).toList().getLast();
    byte[] whole = disk.bytes(name);
    assertThat(whole.length).as("the whole file of its former life").isGreaterThan(40_000);
    assertThat(new String(whole, StandardCharsets.ISO_8859_1)).contains("xxxx");
    byte[] headless = whole.clone();
    java.util.Arrays.fill(headless, 0, 2 * Format.PAGE, (byte) 0);
    disk.put(name, headless);
    assertThat(openFails()).isEqualTo(LogException.Code.CORRUPT);
    disk.put(name, whole);
    try (var log = Logs.open(CONFIG, disk)) {
      assertThat(Logs.texts(Logs.all(log)).getLast()).isEqualTo("in a recycled file");
      assertThat(log.stats().tornBytes()).isZero();
    }
    assertThat(disk.bytes(name)).as("cut when sealed: mostly empty").hasSizeLessThan(40_000);
  }

  private LogException.Code openFails() {
    try (var log = Logs.open(CONFIG, disk)) {
      throw new AssertionError("opened with end " + log.end());
    } catch (LogException e) {
      return e.code();
    }
  }

  @Test
  void goesOnWithANewFileWhenSomebodyDeletedAReadyOne() throws Exception {
    try (var log = Logs.open(CONFIG, disk)) {
      for (int i = 0; i < 20; i++) {
        Logs.append(log, "a", i + "x".repeat(8000));
      }
      log.trim(15);
      for (String name : disk.names().stream().filter(SegmentPool::isReadyName).toList()) {
        disk.delete(name);
      }
      assertThat(rollAndLook(log)).isZero();
      assertThat(log.state()).isEqualTo(LogState.ACCEPTING);
    }
  }

  @Test
  void givesItsReadyFilesBackWhenTheDiskIsFullOrRecyclingIsTurnedOff() {
    try (var log = Logs.open(CONFIG, disk)) {
      for (int i = 0; i < 60; i++) {
        Logs.append(log, "a", i + "x".repeat(4000));
      }
      log.trim(50);
      assertThat(disk.names().stream().filter(SegmentPool::isReadyName)).hasSize(2);
      disk.usableBytes(1000);
      TestAppend refused = TestAppend.of("a", "no");
      log.append(refused);
      assertThat(refused.await()).isEqualTo(new TestAppend.Outcome.Refused(Refusal.DISK_FULL));
      assertThat(disk.names().stream().filter(SegmentPool::isReadyName)).isEmpty();
      disk.usableBytes(1 << 30);
      Logs.append(log, "a", "x".repeat(16_000));
      log.trim(55);
    }
    try (var log = Logs.open(CONFIG.withRecycle(false), disk)) {
      assertThat(disk.names().stream().filter(SegmentPool::isReadyName)).isEmpty();
      assertThat(Logs.all(log)).isNotEmpty();
    }
  }
}
