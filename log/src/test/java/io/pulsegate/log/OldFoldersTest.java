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
