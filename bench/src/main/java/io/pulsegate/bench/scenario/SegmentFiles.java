package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A log's folder seen as files.
final class SegmentFiles {
  private static final int PAGE = 4096;

  private SegmentFiles() {}

  /// Makes each sealed segment's file that large without taking the space: its last page, which
  /// says where everything else is, moves to the end.
  static void stretch(Path folder, long bytes) throws IOException {
    for (Path segment : segments(folder)) {
      try (var file =
          FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer page = ByteBuffer.allocate(PAGE);
        int _ = file.read(page, file.size() - PAGE);
        int _ = file.write(page.flip(), bytes - PAGE);
        file.force(true);
      }
    }
  }

  /// Puts into a new folder what a crash of the process would leave of this one, whose log is open
  /// and idle: the open segment and small files as copies, sealed segments as further names.
  ///
  /// @return size of the open segment
  static long asAfterACrash(Path folder, Path crashed) throws IOException {
    Files.createDirectory(crashed);
    Path open = segments(folder).getLast();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(file -> !file.endsWith("log.lock")).toList()) {
        Path to = crashed.resolve(file.getFileName());
        if (isSegment(file) && !file.equals(open)) {
          Files.createLink(to, file);
        } else {
          Files.copy(file, to);
        }
      }
    }
    return Files.size(open);
  }

  static int count(Path folder) throws IOException {
    return segments(folder).size();
  }

  private static List<Path> segments(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(SegmentFiles::isSegment).sorted().toList();
    }
  }

  private static boolean isSegment(Path file) {
    return file.toString().endsWith(".seg");
  }
}
