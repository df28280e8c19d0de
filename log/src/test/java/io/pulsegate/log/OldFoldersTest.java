package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folders written by earlier versions, kept for ever: they open, or are refused with an
/// instruction.
///
/// `format-1.zip`: a log of two lives in segments of 32 KiB. The first was closed, the second was
/// copied while it was open. Frame `i`, one entry of lane `tenant(i mod 3)#1`, reads "fixture frame
/// i " and 900 times x. Frames 0 to 29 were trimmed, and some of their files written over.
///
/// `format-1-parked.zip`: a log that was closed, of segments of 32 KiB with 160 frames of the same
/// kind. Frame `i` is of lane `dead#1` where i mod 20 is 3, of `slow#1` where it is 11, else of
/// `busy#1`. Below 120 only what stragglers needed is left, in parked files: `dead#1` all, `slow#1`
/// from 60 on.
class OldFoldersTest {
  private static final String LOG_ID = "975835de-1c97-56ce-bfc8-46100bfc1e42";

  @TempDir Path folder;

  @Test
  void opensAFolderOfFormatOne() throws IOException {
    unpack("format-1.zip");
    try (var log = OfflineLog.open(RealDisk.buffered(folder))) {
      assertThat(log.identity()).hasValue(new OfflineLog.Identified(LOG_ID, 2));
      List<SegmentReport> segments = log.verify();
      assertThat(segments).noneMatch(SegmentReport::isDamaged);
      assertThat(segments.getFirst().state()).isEqualTo(SegmentReport.State.SEALED);
      assertThat(segments.getLast().state()).isEqualTo(SegmentReport.State.OPEN);
    }
    try (var log = Logs.open(RealDisk.at(folder))) {
      assertThat(log.id()).isEqualTo(LOG_ID);
      assertThat(log.generation()).isEqualTo(3);
      assertThat(log.start()).isEqualTo(30);
      assertThat(log.endAtOpen()).isEqualTo(60);
      assertThat(Logs.texts(Logs.all(log)))
          .isEqualTo(LongStream.range(30, 60).mapToObj(OldFoldersTest::text).toList());
      assertThat(Logs.read(log.reader(0, Optional.of("tenant1#1")))).hasSize(10);
      assertThat(log.totals("tenant1#1").entries()).isEqualTo(20);
      assertThat(log.stats().damagedBytes()).isZero();
      assertThat(Logs.append(log, "tenant0#1", "goes on"))
          .as("behind the mark that was ahead of the copied log")
          .isGreaterThan(60 + (1 << 20));
      assertThat(Logs.all(log)).hasSize(31);
    }
  }

  @Test
  void opensAFolderWithParkedFiles() throws IOException {
    unpack("format-1-parked.zip");
    List<Long> dead = List.of(3L, 23L, 43L, 63L, 83L, 103L, 123L, 143L);
    List<Long> slow = List.of(71L, 91L, 111L, 131L, 151L);
    try (var log = OfflineLog.open(RealDisk.buffered(folder))) {
      List<SegmentReport> segments = log.verify();
      assertThat(segments).noneMatch(SegmentReport::isDamaged);
      assertThat(segments.stream().filter(s -> s.state() == SegmentReport.State.PARKED)).hasSize(9);
    }
    try (var log = Logs.open(RealDisk.at(folder))) {
      assertThat(log.id()).isEqualTo("63cbe1e4-5932-0dd7-044c-3cd7f43c661c");
      assertThat(log.oldest()).isZero();
      assertThat(log.start()).isEqualTo(120);
      assertThat(log.endAtOpen()).isEqualTo(160);
      assertThat(offsets(log, "dead#1")).isEqualTo(dead);
      assertThat(offsets(log, "slow#1")).isEqualTo(slow);
      assertThat(Logs.texts(Logs.lane(log, "dead#1")))
          .isEqualTo(dead.stream().map(OldFoldersTest::text).toList());
      assertThat(log.totals("slow#1").entries()).as("with those that are gone").isEqualTo(8);
      assertThat(Logs.all(log)).hasSize(40 + 9);
      assertThat(log.stats().damagedBytes()).isZero();
      assertThat(Logs.append(log, "dead#1", "goes on")).isEqualTo(160);
      var _ = log.release(Needs.nothingBelow(log.end()));
      assertThat(log.stats().parkedBytes()).isZero();
    }
  }

  private static List<Long> offsets(SegmentedLog log, String lane) {
    return Logs.lane(log, lane).stream().map(Frame::firstOffset).toList();
  }

  private static String text(long i) {
    return "fixture frame " + i + " " + "x".repeat(900);
  }

  private void unpack(String name) throws IOException {
    InputStream from =
        Objects.requireNonNull(OldFoldersTest.class.getResourceAsStream("/folders/" + name));
    try (var zip = new ZipInputStream(from)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Files.copy(zip, folder.resolve(entry.getName()));
      }
    }
  }
}
