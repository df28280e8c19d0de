package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Bits that flip and pages that go, in sealed segments, in the one that was open, and in their
/// heads.
class DamageTest {
  private static final int FRAMES = 60;

  private final SimulatedDisk disk = new SimulatedDisk();

  @Test
  void anyFlippedBitInASealedSegmentCostsOneFrameAtMost() {
    List<Frame> written = fill(true);
    String name = segments().get(1);
    byte[] whole = disk.bytes(name);
    for (long seed = 0; seed < 600; seed++) {
      var random = new SplittableRandom(seed);
      disk.put(name, whole);
      disk.flip(name, random.nextInt(whole.length), random.nextInt(8));
      assertThat(lost(written)).as("seed %d", seed).hasSizeLessThanOrEqualTo(1);
    }
    disk.put(name, whole);
    assertThat(lost(written)).isEmpty();
  }

  @Test
  void aDamagedPageInASealedSegmentCostsOnlyTheFramesOnIt() {
    List<Frame> written = fill(true);
    String name = segments().get(1);
    byte[] whole = disk.bytes(name);
    for (int page = 0; page < whole.length / 4096; page++) {
      byte[] damaged = whole.clone();
      for (int i = page * 4096; i < (page + 1) * 4096; i++) {
        damaged[i] = (byte) (i * 31);
      }
      disk.put(name, damaged);
      // Bodies have about 1 KB: five frames or parts of such fit on a page.
      assertThat(lost(written)).as("page %d", page).hasSizeLessThanOrEqualTo(6);
    }
  }

  @Test
  void damageIsCountedOnceHoweverManyMeetIt() {
    fill(true);
    String name = segments().get(1);
    int body = indexOf(disk.bytes(name), "body 30 ");
    disk.flip(name, body + 100, 3);
    try (var log = Logs.open(disk)) {
      assertThat(Logs.all(log)).hasSize(FRAMES - 1);
      assertThat(Logs.all(log)).hasSize(FRAMES - 1);
      assertThat(log.stats().damagedFrames()).isEqualTo(1);
      assertThat(log.stats().damagedBytes()).isBetween(1000L, 1300L);
    }
  }

  @Test
  void aDamagedFrameHeaderIsCountedByTheGapInTheSequence() {
    fill(true);
    String name = segments().get(1);
    byte[] bytes = disk.bytes(name);
    int body = indexOf(bytes, "body 30 ");
    disk.flip(name, body - 60, 3);
    try (var log = Logs.open(disk)) {
      List<Frame> frames = Logs.all(log);
      assertThat(frames).hasSize(FRAMES - 1);
      assertThat(log.stats().damagedFrames()).isEqualTo(1);
      assertThat(log.totals("lane0").entries() + log.totals("lane1").entries())
          .as("totals still count what was accepted")
          .isEqualTo(FRAMES - 1);
    }
  }

  @Test
  void aDamagedHeaderInsideABlockCostsThatFrameAloneAndNotTheBlock() {
    try (var log = Logs.open(disk)) {
      var appends = new ArrayList<TestAppend>();
      var first =
          new TestAppend(
              "a",
              "frame 0 ".getBytes(java.nio.charset.StandardCharsets.UTF_8),
              1,
              _ -> {
                for (int i = 1; i < 10; i++) {
                  appends.add(TestAppend.of("a", "frame " + i + " " + "x".repeat(100)));
                  log.append(appends.getLast());
                }
                return new Admitted(1, 1);
              });
      log.append(first);
      first.awaitOffset();
      appends.forEach(TestAppend::awaitOffset);
      assertThat(log.stats().commits()).isEqualTo(1);
    }
    String name = segments().getFirst();
    disk.flip(name, indexOf(disk.bytes(name), "frame 4 ") - 80, 0);
    try (var log = Logs.open(disk)) {
      assertThat(Logs.all(log))
          .extracting(Frame::firstOffset)
          .containsExactly(0L, 1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
      assertThat(log.stats().damagedFrames()).isEqualTo(1);
    }
  }

  @Test
  void theOpenSegmentOutlivesTheLossOfItsFirstPage() {
    List<Frame> written = fill(false);
    String name = segments().getLast();
    byte[] bytes = disk.bytes(name);
    java.util.Arrays.fill(bytes, 0, 4096, (byte) 0);
    disk.put(name, bytes);
    assertThat(lost(written)).isEmpty();
  }

  @Test
  void damageBelowALaterBlocksDurableEndIsCorruptionAndTheRestGoesOn() {
    List<Frame> written = fill(false);
    String name = segments().getLast();
    byte[] whole = disk.bytes(name);
    int lastFrame = indexOf(whole, "body " + (FRAMES - 1) + " ");
    int lastBlock = lastFrame / 4096 * 4096;
    int firstBlock = dataStart(name);
    assertThat(lastBlock).isGreaterThan(firstBlock + 4096);
    for (long seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      var sub = new SimulatedDisk();
      copy(sub);
      sub.flip(name, random.nextInt(firstBlock, lastBlock), random.nextInt(8));
      try (var log = Logs.open(sub)) {
        Set<Long> lost = offsets(written);
        lost.removeAll(offsets(Logs.all(log)));
        assertThat(lost).as("seed %d", seed).hasSizeLessThanOrEqualTo(1);
        assertThat(log.stats().damagedFrames()).isGreaterThanOrEqualTo(lost.size());
        assertThat(log.end()).isEqualTo(FRAMES);
        assertThat(Logs.append(log, "a", "goes on")).isGreaterThanOrEqualTo(FRAMES);
      }
    }
  }

  @Test
  void damageAboveEveryDurableEndIsATornTailAndEndsTheSegment() {
    fill(false);
    String name = segments().getLast();
    int body = indexOf(disk.bytes(name), "body " + (FRAMES - 1) + " ");
    disk.flip(name, body + 10, 0);
    try (var log = Logs.open(disk)) {
      assertThat(Logs.all(log)).hasSize(FRAMES - 1);
      assertThat(log.stats().damagedFrames()).isZero();
      assertThat(log.end()).isEqualTo(FRAMES - 1);
      assertThat(log.totals().entries()).isEqualTo(FRAMES - 1);
      assertThat(Logs.append(log, "a", "after"))
          .as("offsets of the torn tail are passed over")
          .isGreaterThanOrEqualTo(FRAMES);
    }
    try (var log = Logs.open(disk)) {
      assertThat(Logs.texts(Logs.all(log)).getLast()).isEqualTo("after");
    }
  }

  @Test
  void neverAppendsToTheSegmentItFoundOpen() {
    fill(false);
    String name = segments().getLast();
    byte[] before = disk.bytes(name);
    try (var log = Logs.open(disk)) {
      byte[] sealed = disk.bytes(name);
      assertThat(sealed).hasSizeGreaterThan(before.length).startsWith(before);
      Logs.append(log, "a", "after");
      assertThat(disk.bytes(name)).isEqualTo(sealed);
      List<Frame> frames = Logs.all(log);
      assertThat(frames.getLast().generation())
          .isGreaterThan(frames.get(frames.size() - 2).generation());
    }
  }

  @Test
  void aFileCutShortOrLengthenedStillOpens() {
    List<Frame> written = fill(false);
    String name = segments().getLast();
    int length = disk.bytes(name).length;
    for (int bytes = 8192; bytes < length + 20_000; bytes += 1500) {
      var sub = new SimulatedDisk();
      copy(sub);
      sub.resize(name, bytes);
      try (var log = Logs.open(sub)) {
        List<Frame> frames = Logs.all(log);
        assertThat(offsets(written)).containsAll(offsets(frames));
        if (bytes >= length) {
          assertThat(frames).hasSize(FRAMES);
        }
        Logs.append(log, "a", "goes on");
        assertThat(Logs.all(log)).hasSize(frames.size() + 1);
      }
    }
  }

  @Test
  void aDamagedFooterCostsNothingButAScan() {
    List<Frame> written = fill(true);
    for (String name : segments()) {
      byte[] whole = disk.bytes(name);
      for (int fromEnd : new int[] {4096 - 600, 4096 - 530, 4096 + 3000, 8000}) {
        disk.put(name, whole);
        disk.flip(name, whole.length - fromEnd, 2);
        assertThat(lost(written)).isEmpty();
        try (var log = Logs.open(disk)) {
          assertThat(log.totals("lane0").entries()).isEqualTo(FRAMES / 2 - 1);
          assertThat(log.endAtOpen()).isEqualTo(FRAMES);
          assertThat(Logs.lane(log, "lane1")).hasSize(FRAMES / 2);
          assertThat(log.offsetAt(InstantSource.system().instant())).isEmpty();
        }
      }
      disk.put(name, whole);
    }
  }

  @Test
  void totalsSurviveADamagedLaneTable() {
    fill(false);
    String name = segments().getLast();
    disk.flip(name, 8192 + 8, 1);
    try (var log = Logs.open(disk)) {
      assertThat(log.totals("lane0").entries()).isEqualTo(FRAMES / 2 - 1);
      assertThat(log.totals("lane1").entries()).isEqualTo(FRAMES / 2);
      assertThat(log.totals("silent").entries()).isEqualTo(1);
      assertThat(log.stats().damagedBytes()).isPositive();
    }
  }

  @Test
  void anUnreadableOldSegmentIsPassedOverAndCounted() {
    fill(true);
    String name = segments().get(1);
    byte[] bytes = disk.bytes(name);
    disk.put(name, new byte[bytes.length]);
    try (var log = Logs.open(disk)) {
      assertThat(Logs.all(log)).isNotEmpty().hasSizeLessThan(FRAMES);
      assertThat(log.stats().damagedBytes()).isEqualTo(bytes.length);
      assertThat(log.end()).isEqualTo(FRAMES);
    }
    assertThat(segments()).as("what nobody can read is left for a person").contains(name);
  }

  @Test
  void anUnreadableNewestSegmentIsCorruptAndNothingIsChanged() {
    fill(false);
    String name = segments().getLast();
    disk.put(name, new byte[disk.bytes(name).length]);
    assertThatThrownBy(() -> Logs.open(disk))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.code()).isEqualTo(LogException.Code.CORRUPT))
        .hasMessageContaining(name)
        .hasMessageContaining("start again");
    assertThat(disk.bytes(name)).containsOnly(0);
  }

  @Test
  void neverUsesTheOffsetsOfASegmentThatWasMovedAway() throws Exception {
    for (boolean closed : new boolean[] {false, true}) {
      List<Frame> written = fill(closed);
      String newest = segments().getLast();
      disk.delete(newest);
      disk.syncDirectory();
      disk.crash(new SplittableRandom(1));
      try (var log = Logs.open(disk)) {
        assertThat(log.end()).isLessThan(written.getLast().endOffset());
        assertThat(Logs.append(log, "a", "after"))
            .as("offsets of what is gone are not used for anything else")
            .isGreaterThanOrEqualTo(written.getLast().endOffset());
        assertThat(Logs.texts(Logs.all(log)).getLast()).isEqualTo("after");
        log.trim(Long.MAX_VALUE);
      }
      for (String name : disk.names()) {
        disk.delete(name);
      }
    }
  }

  @Test
  void tooOldAndTooNewAreToldApartFromCorrupt() {
    fill(false);
    String name = segments().getFirst();
    byte[] whole = disk.bytes(name);
    for (int version : new int[] {0, 2, 65_535}) {
      byte[] other = whole.clone();
      ByteBuffer header = ByteBuffer.wrap(other).order(ByteOrder.LITTLE_ENDIAN);
      Preamble.write(header, 0, Preamble.Kind.SEGMENT, version);
      Preamble.write(header, 4096, Preamble.Kind.SEGMENT, version);
      disk.put(name, other);
      assertThatThrownBy(() -> Logs.open(disk))
          .isInstanceOfSatisfying(
              LogException.class,
              e ->
                  assertThat(e.code())
                      .isEqualTo(
                          version == 0
                              ? LogException.Code.FORMAT_TOO_OLD
                              : LogException.Code.FORMAT_TOO_NEW));
      assertThat(disk.bytes(name)).isEqualTo(other);
    }
  }

  @Test
  void aSegmentOfAnotherLogIsRefused() {
    fill(true);
    var other = new SimulatedDisk();
    try (var log = Logs.open(other)) {
      Logs.append(log, "a", "foreign");
    }
    String foreign = other.names().stream().filter(Format::isSegmentName).toList().getFirst();
    disk.put(Format.segmentName(10_000, 9), other.bytes(foreign));
    assertThatThrownBy(() -> Logs.open(disk))
        .isInstanceOfSatisfying(
            LogException.class, e -> assertThat(e.code()).isEqualTo(LogException.Code.CORRUPT))
        .hasMessageContaining("belongs to log");
  }

  @Test
  void theIdentityIsTakenFromTheSegmentsWhenItsFileIsGone() throws Exception {
    fill(true);
    String id;
    long generation;
    try (var log = Logs.open(disk)) {
      id = log.id();
      generation = log.generation();
      Logs.append(log, "a", "x");
    }
    disk.delete(Identity.FILE);
    try (var log = Logs.open(disk)) {
      assertThat(log.id()).isEqualTo(id);
      assertThat(log.generation()).isGreaterThan(generation);
      assertThat(log.end()).isEqualTo(FRAMES + 1);
    }
  }

  @Test
  void framesOfAnotherLifeOfTheSameFileNeverPass() {
    // A recycled file: an old segment's blocks lie behind the end of the new one's.
    List<Frame> written = fill(false);
    String name = segments().getLast();
    String old = segments().getFirst();
    byte[] now = disk.bytes(name);
    byte[] stale = disk.bytes(old);
    byte[] recycled = java.util.Arrays.copyOf(now, stale.length);
    System.arraycopy(stale, now.length, recycled, now.length, stale.length - now.length);
    assertThat(now.length).isLessThan(stale.length - 8192);
    disk.put(name, recycled);
    assertThat(lost(written)).isEmpty();
    try (var log = Logs.open(disk)) {
      assertThat(Logs.all(log)).hasSize(FRAMES);
    }
  }

  /// Sixty frames of about 1 KB over some segments, one to a commit, then a close or a kill. Lane
  /// "silent" has one frame at the very start.
  private List<Frame> fill(boolean close) {
    var log = Logs.open(Logs.SMALL.withSegmentBytes(100_000), disk);
    for (int i = 0; i < FRAMES; i++) {
      Logs.append(log, i == 0 ? "silent" : "lane" + i % 2, "body " + i + " " + "x".repeat(1000));
    }
    if (!close) {
      disk.kill();
    }
    List<Frame> frames = new ArrayList<>();
    log.close();
    try (var reader = Logs.open(copied())) {
      frames.addAll(Logs.all(reader));
    }
    assertThat(frames).hasSize(FRAMES);
    assertThat(segments()).hasSizeGreaterThan(2);
    return frames;
  }

  private SimulatedDisk copied() {
    var copy = new SimulatedDisk();
    copy(copy);
    return copy;
  }

  private void copy(SimulatedDisk to) {
    for (String name : disk.names()) {
      to.put(name, disk.bytes(name));
    }
  }

  private List<String> segments() {
    return disk.names().stream().filter(Format::isSegmentName).toList();
  }

  /// Offsets that a log opened on a copy does not give back.
  private Set<Long> lost(List<Frame> written) {
    try (var log = Logs.open(copied())) {
      Set<Long> lost = offsets(written);
      List<Frame> found = Logs.read(log.reader(0, Optional.empty()));
      lost.removeAll(offsets(found));
      assertThat(found).as("none invented, none altered, none twice").isSubsetOf(written);
      assertThat(found).extracting(Frame::firstOffset).isSorted().doesNotHaveDuplicates();
      assertThat(log.stats().damagedFrames()).isGreaterThanOrEqualTo(lost.size());
      return lost;
    }
  }

  private static Set<Long> offsets(List<Frame> frames) {
    var offsets = new HashSet<Long>();
    frames.forEach(frame -> offsets.add(frame.firstOffset()));
    return offsets;
  }

  private int dataStart(String name) {
    ByteBuffer bytes = ByteBuffer.wrap(disk.bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
    return (int) SegmentHeader.read(bytes, 0, name).orElseThrow().dataStart();
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(text);
  }
}
