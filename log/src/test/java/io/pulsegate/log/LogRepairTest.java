package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The tools that look at a log, mend it and let copies of it go their own way.
class LogRepairTest {
  private static final int FRAMES = 60;

  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  void describesAndVerifiesALogWithoutChangingIt() {
    fill(disk, true);
    List<byte[]> before = bytes(disk);
    try (var log = OfflineLog.open(disk)) {
      assertThat(log.identity().orElseThrow().generation()).isEqualTo(1);
      List<SegmentReport> described = log.describe();
      assertThat(described).hasSizeGreaterThan(2).isEqualTo(log.verify());
      assertThat(described).noneMatch(SegmentReport::isDamaged);
      assertThat(described)
          .extracting(SegmentReport::state)
          .containsOnly(SegmentReport.State.SEALED);
      assertThat(described.stream().mapToLong(SegmentReport::frames).sum()).isEqualTo(FRAMES);
      assertThat(described.getLast().endOffset()).isEqualTo(FRAMES);
      assertThat(Logs.read(log.reader(0, Optional.of("lane1"), 20))).hasSize(10);
    }
    assertThat(bytes(disk)).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void tellsATornTailFromDamageAndCountsBoth() {
    fill(disk, false);
    List<String> names = segments(disk);
    String last = names.getLast();
    flip(names.get(1), "body 30 ");
    flip(last, "body 59 ");
    try (var log = OfflineLog.open(disk)) {
      List<SegmentReport> reports = log.verify();
      assertThat(reports.get(1).damagedFrames()).isEqualTo(1);
      assertThat(reports.get(1).isDamaged()).isTrue();
      SegmentReport open = reports.getLast();
      assertThat(open.state()).isEqualTo(SegmentReport.State.OPEN);
      assertThat(open.isDamaged()).isFalse();
      assertThat(open.tornBytes()).isPositive();
      assertThat(open.endOffset()).isEqualTo(59);
    }
  }

  @Test
  void isKeptOutByAServerAndKeepsItOut() {
    try (var log = Logs.open(disk)) {
      assertThatThrownBy(() -> OfflineLog.open(disk))
          .isInstanceOfSatisfying(
              LogException.class, e -> assertThat(e.code()).isEqualTo(LogException.Code.LOCKED));
      assertThat(log.end()).isZero();
    }
    try (var log = OfflineLog.open(disk)) {
      assertThatThrownBy(() -> Logs.open(disk)).isInstanceOf(LogException.class);
      assertThat(log.describe()).isEmpty();
    }
  }

  @Test
  void makesLogIdAnewFromTheSegmentsAndUsesNoOffsetAgain() {
    String id;
    long end;
    try (var log = Logs.open(disk)) {
      id = log.id();
      Logs.append(log, "lane", "before");
      end = log.end();
    }
    byte[] damaged = disk.bytes(Identity.FILE);
    damaged[30] ^= 1;
    damaged[(1 << 20) + 30] ^= 1;
    disk.put(Identity.FILE, damaged);
    assertThatThrownBy(() -> Logs.open(disk)).hasMessageContaining("pulsegate log repair");
    try (var log = OfflineLog.open(disk)) {
      assertThat(log.verify().getFirst().name()).isEqualTo(Identity.FILE);
      assertThat(log.verify().getFirst().isDamaged()).isTrue();
    }
    var aside = new SimulatedDisk();
    LogRepair.Outcome outcome =
        new LogRepair(disk, aside, Logs.SMALL, InstantSource.system(), new SplittableRandom(1))
            .run();
    assertThat(outcome.setAside()).containsExactly(Identity.FILE + ".unreadable");
    assertThat(aside.bytes(Identity.FILE + ".unreadable")).isEqualTo(damaged);
    try (var log = OfflineLog.open(disk)) {
      assertThat(log.verify()).noneMatch(SegmentReport::isDamaged);
    }
    try (var log = Logs.open(disk)) {
      assertThat(log.id()).isEqualTo(id);
      assertThat(log.generation()).isGreaterThan(1);
      assertThat(Logs.append(log, "lane", "after")).isGreaterThanOrEqualTo(end + (1L << 40));
      assertThat(Logs.texts(Logs.all(log))).containsExactly("before", "after");
    }
  }

  @Test
  void repairSetsDamageAsideAndKeepsEveryOtherFrame() {
    var closed = new SimulatedDisk();
    var open = new SimulatedDisk();
    fill(closed, true);
    fill(open, false);
    for (int seed = 0; seed < 60; seed++) {
      var random = new SplittableRandom(seed);
      var each = copy(random.nextBoolean() ? closed : open);
      var kept = new SimulatedDisk();
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        List<String> names = segments(each);
        String name = names.get(random.nextInt(names.size() - 1));
        each.flip(name, random.nextInt(each.bytes(name).length), random.nextInt(8));
      }
      if (random.nextInt(4) == 0) {
        String name = segments(each).getFirst();
        each.put(name, new byte[each.bytes(name).length]);
      }
      List<Frame> readable = read(each);
      try {
        LogRepair.Outcome outcome = repair(each, kept);
        assertThat(read(each)).isEqualTo(readable);
        assertThat(kept.names()).containsExactlyInAnyOrderElementsOf(outcome.setAside());
        assertThat(outcome.lostFrames()).isLessThanOrEqualTo(FRAMES - readable.size());
        try (var log = OfflineLog.open(each)) {
          assertThat(log.verify()).noneMatch(SegmentReport::isDamaged);
        }
        assertThat(repair(each, new SimulatedDisk()).mendedSegments()).isZero();
        try (var log = Logs.open(each)) {
          assertThat(log.stats().damagedBytes()).isZero();
          Logs.append(log, "lane0", "goes on");
          assertThat(Logs.lane(log, "lane1"))
              .hasSize((int) readable.stream().filter(f -> f.lane().equals("lane1")).count());
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void aRepairCutShortAtAnyCallLosesNothingAndCanBeRunAgain() {
    var closed = new SimulatedDisk();
    var open = new SimulatedDisk();
    fill(closed, true);
    fill(open, false);
    for (int n = 1; n < 60; n++) {
      var each = copy(n % 2 == 0 ? closed : open);
      for (int k = 0; k < 2; k++) {
        String name = segments(each).get(k);
        each.flip(name, each.bytes(name).length / 2, 3);
      }
      List<Frame> readable = read(each);
      each.powerOff(n);
      try {
        var _ = repair(each, new SimulatedDisk());
      } catch (LogException e) {
        assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
      }
      each.crash(new SplittableRandom(n));
      assertThat(read(each)).as("call %d", n).isEqualTo(readable);
      var _ = repair(each, new SimulatedDisk());
      assertThat(read(each)).as("call %d, run again", n).isEqualTo(readable);
    }
  }

  @Test
  void aBackupGoesOnAsTheSameLogFarAboveTheOriginal() {
    fill(disk, false);
    var backup = copy(disk);
    LogCopy.goOnApart(backup);
    String id;
    try (var log = Logs.open(disk)) {
      id = log.id();
    }
    try (var log = Logs.open(backup)) {
      assertThat(log.id()).isEqualTo(id);
      assertThat(log.end()).isEqualTo(FRAMES);
      assertThat(Logs.append(log, "a", "after the restore")).isGreaterThan(1L << 39);
      assertThat(Logs.all(log)).hasSize(FRAMES + 1);
    }
  }

  @Test
  void aCloneIsAnotherLogWithTheSameFrames() {
    fill(disk, false);
    var clone = copy(disk);
    var id = new UUID(1, 2);
    LogCopy.becomeAnother(clone, id);
    List<Frame> original = read(disk);
    try (var log = Logs.open(clone)) {
      assertThat(log.id()).isEqualTo(id.toString());
      assertThat(Logs.all(log)).isEqualTo(original);
      assertThat(log.stats().damagedBytes()).isZero();
      Logs.append(log, "a", "its own");
    }
    try (var log = Logs.open(clone)) {
      assertThat(Logs.all(log)).hasSize(FRAMES + 1);
    }
  }

  private LogRepair.Outcome repair(SimulatedDisk each, SimulatedDisk kept) {
    return new LogRepair(
            each, kept, Logs.SMALL, InstantSource.system(), new SplittableRandom(System.nanoTime()))
        .run();
  }

  private void flip(String name, String text) {
    byte[] bytes = disk.bytes(name);
    int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
    disk.flip(name, at + 20, 1);
  }

  private static List<byte[]> bytes(SimulatedDisk of) {
    return of.names().stream().filter(name -> !name.endsWith(".lock")).map(of::bytes).toList();
  }

  private static void fill(SimulatedDisk to, boolean close) {
    var log = Logs.open(Logs.SMALL.withSegmentBytes(100_000), to);
    for (int i = 0; i < FRAMES; i++) {
      Logs.append(log, "lane" + i % 2, "body " + i + " " + "x".repeat(1000));
    }
    if (!close) {
      to.kill();
    }
    log.close();
  }

  private static SimulatedDisk copy(SimulatedDisk from) {
    var copy = new SimulatedDisk();
    from.names().forEach(name -> copy.put(name, from.bytes(name)));
    return copy;
  }

  private static List<String> segments(SimulatedDisk of) {
    return of.names().stream().filter(Format::isSegmentName).toList();
  }

  private static List<Frame> read(SimulatedDisk of) {
    var frames = new ArrayList<Frame>();
    try (var log = OfflineLog.open(copy(of))) {
      frames.addAll(Logs.read(log.reader(0, Optional.empty(), Long.MAX_VALUE)));
    }
    return frames;
  }
}
