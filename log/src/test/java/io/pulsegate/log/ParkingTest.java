package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// A lane that has fallen behind keeps its own frames, and little else.
class ParkingTest {
  private static final LogConfig CONFIG = Logs.SMALL.withSegmentBytes(48 << 10);

  private final SimulatedDisk disk = new SimulatedDisk();
  private long nowSeconds = 1_000;

  /// One small frame of the lane `dead` for every twenty of 2 KiB of the lane `busy`.
  private void fill(SegmentedLog log, int rounds) {
    for (int i = 0; i < rounds; i++) {
      Logs.append(log, "dead", "dead " + i);
      for (int j = 0; j < 20; j++) {
        Logs.append(log, "busy", "busy " + i + " " + j + "x".repeat(2_000));
      }
      nowSeconds++;
    }
  }

  private SegmentedLog open(LogConfig config) {
    return Logs.open(config, disk, () -> Instant.ofEpochSecond(nowSeconds));
  }

  private static Needs deadFrom(long from, long below) {
    return new Needs(below, Map.of("dead", from), Long.MAX_VALUE, 0, 0.25);
  }

  private static List<String> dead(int from, int to) {
    var texts = new ArrayList<String>();
    for (int i = from; i < to; i++) {
      texts.add("dead " + i);
    }
    return texts;
  }

  @Test
  void aSmallDeadTenantCannotPinTheDisk() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 60);
      long before = log.stats().diskBytes();
      var _ = log.release(deadFrom(0, log.end()));
      assertThat(log.stats().diskBytes()).as("of %d", before).isLessThan(before / 2);
      assertThat(Logs.texts(Logs.lane(log, "dead"))).isEqualTo(dead(0, 60));
      assertThat(log.oldest()).isZero();
      assertThat(log.start()).isPositive();
      assertThat(log.stats().parkedBytes()).isPositive();
      assertThat(log.stats().damagedFrames()).isZero();
    }
    try (SegmentedLog log = open(CONFIG)) {
      assertThat(Logs.texts(Logs.lane(log, "dead"))).as("after a restart").isEqualTo(dead(0, 60));
      assertThat(log.start()).isPositive();
    }
  }

  @Test
  void whatTheTenantHasReadGoesWithIt() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 60);
      var _ = log.release(deadFrom(0, log.end()));
      int files = log.stats().segments();
      long from = Logs.lane(log, "dead").get(30).firstOffset();
      var _ = log.release(deadFrom(from, log.end()));
      assertThat(log.stats().segments()).isLessThan(files);
      assertThat(Logs.texts(Logs.read(log.reader(from, Optional.of("dead")))))
          .isEqualTo(dead(30, 60));
      var _ = log.release(Needs.nothingBelow(log.end()));
      assertThat(log.stats().parkedBytes()).isZero();
      assertThat(log.stats().segments()).isEqualTo(1);
    }
  }

  @Test
  void ofTwoTenantsBehindTheOneThatCatchesUpFreesItsShare() {
    try (SegmentedLog log = open(CONFIG)) {
      for (int i = 0; i < 40; i++) {
        Logs.append(log, "dead", "dead " + i);
        Logs.append(log, "slow", "slow " + i + "y".repeat(3_000));
        for (int j = 0; j < 20; j++) {
          Logs.append(log, "busy", "busy" + "x".repeat(2_000));
        }
      }
      long end = log.end();
      var both = Map.of("dead", 0L, "slow", 0L);
      var _ = log.release(new Needs(end, both, Long.MAX_VALUE, 0, 0.25));
      long withBoth = log.stats().parkedBytes();
      var _ = log.release(new Needs(end, Map.of("dead", 0L), Long.MAX_VALUE, 0, 0.25));
      assertThat(log.stats().parkedBytes()).isLessThan(withBoth);
      assertThat(Logs.lane(log, "dead")).hasSize(40);
    }
    try (SegmentedLog log = open(CONFIG)) {
      assertThat(Logs.texts(Logs.lane(log, "dead"))).isEqualTo(dead(0, 40));
    }
  }

  @Test
  void aSegmentOfWhichMuchIsNeededStays() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 20);
      long end = log.end();
      long before = log.stats().diskBytes();
      var _ = log.release(new Needs(end, Map.of("busy", 0L), Long.MAX_VALUE, 0, 0.25));
      assertThat(log.stats().diskBytes()).isEqualTo(before);
      assertThat(log.start()).isZero();
    }
  }

  @Test
  void aReaderInTheMiddleOfItLosesNothing() {
    try (SegmentedLog log = open(CONFIG);
        LogReader reader = log.reader(0, Optional.of("dead"))) {
      fill(log, 60);
      var found = new ArrayList<>(Logs.texts(reader.poll(1)));
      var _ = log.release(deadFrom(0, log.end()));
      for (var more = reader.poll(1); !more.isEmpty(); more = reader.poll(1)) {
        found.addAll(Logs.texts(more));
      }
      assertThat(found).isEqualTo(dead(0, 60));
    }
  }

  @Test
  void keepsForThoseWhoReadThePastWhileAgeAndSizeAllow() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 60);
      long end = log.end();
      long half = Instant.ofEpochSecond(nowSeconds - 30).getEpochSecond() * 1_000_000;
      long all = log.stats().diskBytes();
      assertThat(log.release(new Needs(end, Map.of(), half, Long.MAX_VALUE, 0.25)))
          .as("kept, though nobody needs it")
          .isBetween(all / 4, all * 3 / 4);
      assertThat(log.offsetAt(Instant.ofEpochSecond(nowSeconds - 30)).orElseThrow())
          .isGreaterThanOrEqualTo(log.start());
      assertThat(log.release(new Needs(end, Map.of(), half, all / 4, 0.25)))
          .as("no more than so many bytes")
          .isLessThan(all / 4);
      assertThat(log.stats().diskBytes()).isLessThanOrEqualTo(all / 4);
    }
  }

  @Test
  void copiesTakeNoMoreThanHalfOfTheReserve() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 60);
      disk.usableBytes(CONFIG.reserveBytes() / 2);
      var _ = log.release(deadFrom(0, log.end()));
      assertThat(log.stats().parkedBytes()).isZero();
      assertThat(Logs.texts(Logs.lane(log, "dead"))).isEqualTo(dead(0, 60));
      disk.usableBytes(CONFIG.reserveBytes());
      var _ = log.release(deadFrom(0, log.end()));
      assertThat(log.stats().parkedBytes()).isPositive();
    }
  }

  @Test
  void aCopyWhoseOriginalIsStillThereIsGivenUp() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 20);
    }
    var original = new SimulatedDisk();
    disk.names().forEach(name -> original.put(name, disk.bytes(name)));
    try (SegmentedLog log = open(CONFIG)) {
      var _ = log.release(deadFrom(0, log.end()));
    }
    String parked =
        disk.names().stream().filter(n -> n.endsWith(".parked")).sorted().findFirst().orElseThrow();
    original.put(parked, disk.bytes(parked));
    try (SegmentedLog log = Logs.open(CONFIG, original)) {
      assertThat(original.names()).doesNotContain(parked);
      assertThat(Logs.all(log)).hasSize(20 * 21);
    }
  }

  @Test
  void aCopyThatWasNotFinishedIsNotTakenForTheLogLater() {
    for (int call = 1; call < 14; call++) {
      new ParkingTest().cutShortAt(call);
    }
  }

  private void cutShortAt(int call) {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 3);
      disk.failCall(call);
      try {
        var _ = log.release(deadFrom(0, log.end()));
      } catch (LogException e) {
        assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
      }
      log.trim(log.end());
    }
    try (SegmentedLog log = open(CONFIG)) {
      assertThat(log.oldest()).as("call %d", call).isEqualTo(log.start());
    }
  }

  @Test
  void aCopyHasItsNameDurablyBeforeItsOriginalGoes() {
    for (long seed = 0; seed < 5; seed++) {
      for (int call = 1; call < 25; call++) {
        new ParkingTest().losesNothingWhenThePowerGoesAt(call, new SplittableRandom(seed));
      }
    }
  }

  /// Renames and deletions of a folder that was not synced are kept or lost one by one.
  private void losesNothingWhenThePowerGoesAt(int call, SplittableRandom random) {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 3);
      disk.powerOff(call);
      try {
        var _ = log.release(deadFrom(0, log.end()));
      } catch (LogException e) {
        assertThat(e.code()).isEqualTo(LogException.Code.IO_FAILED);
      }
    }
    disk.crash(random);
    try (SegmentedLog log = open(CONFIG)) {
      assertThat(Logs.texts(Logs.lane(log, "dead"))).as("call %d", call).isEqualTo(dead(0, 3));
    }
  }

  @Test
  void theToolsKnowWhatIsParked() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 40);
      var _ = log.release(deadFrom(0, log.end()));
    }
    try (OfflineLog log = OfflineLog.open(disk)) {
      List<SegmentReport> segments = log.verify();
      assertThat(segments).noneMatch(SegmentReport::isDamaged);
      assertThat(segments.getFirst().state()).isEqualTo(SegmentReport.State.PARKED);
      assertThat(log.describe()).isEqualTo(segments);
      assertThat(Logs.read(log.reader(0, Optional.of("dead"), Long.MAX_VALUE))).hasSize(40);
    }
  }

  @Test
  void aDamagedFrameInAParkedFileCostsOnlyItself() {
    try (SegmentedLog log = open(CONFIG)) {
      fill(log, 40);
      var _ = log.release(deadFrom(0, log.end()));
    }
    String parked =
        disk.names().stream().filter(n -> n.endsWith(".parked")).sorted().findFirst().orElseThrow();
    disk.flip(
        parked, 3 * Format.PAGE + Format.BLOCK_HEADER_BYTES + Format.FRAME_HEADER_BYTES + 9, 3);
    try (SegmentedLog log = open(CONFIG)) {
      assertThat(Logs.lane(log, "dead")).hasSize(39);
      assertThat(log.stats().damagedFrames()).isOne();
    }
    var repair =
        new LogRepair(
            disk, new SimulatedDisk(), CONFIG, () -> Instant.EPOCH, new SplittableRandom(1));
    assertThat(repair.run().lostFrames()).isOne();
    try (SegmentedLog log = open(CONFIG)) {
      assertThat(Logs.lane(log, "dead")).hasSize(39);
      assertThat(log.stats().damagedFrames()).isZero();
    }
  }

  @Test
  void aProgramThatKnowsNothingOfItRefusesTheFolder() {
    var record = new Identity(new java.util.UUID(1, 2), 3, 4, 5);
    assertThat(Identity.decoded(record.encoded())).isEqualTo(record);
    assertThat(record.releasedBelow(0).encoded()).hasSize(32);
    assertThat(record.encoded()).as("a length that older programs refuse").hasSize(40);
    assertThatThrownBy(() -> Identity.decoded(new byte[48])).hasMessageContaining("newer release");
  }
}
