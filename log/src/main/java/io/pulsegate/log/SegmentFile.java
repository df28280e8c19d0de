package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/// A segment file as found at open: its header, and its trailer where it has one.
record SegmentFile(SegmentHeader header, Optional<SegmentTrailer> trailer, long fileBytes) {

  /// Empty when all copies of the header are damaged.
  ///
  /// @throws LogException FORMAT_TOO_OLD or FORMAT_TOO_NEW
  static Optional<SegmentFile> read(Disk disk, String name) throws IOException {
    try (DiskFile file = disk.open(name, Disk.Access.READ, true)) {
      long bytes = file.sizeBytes();
      Optional<SegmentHeader> header = readHeader(file, bytes, name);
      if (header.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new SegmentFile(header.get(), SegmentFooter.readTrailer(file, header.get()), bytes));
    }
  }

  /// The offset after its last entry; where its trailer is lost, it is not known, and its first.
  long endOffset() {
    return trailer.map(SegmentTrailer::endOffset).orElse(header.firstOffset());
  }

  private static Optional<SegmentHeader> readHeader(DiskFile file, long bytes, String name)
      throws IOException {
    long lastPage = Format.pageDown(bytes) - Format.PAGE;
    for (long at : new long[] {0, Format.PAGE, lastPage}) {
      ByteBuffer page = Format.pages(Format.PAGE);
      if (at >= 0 && file.read(page, at) == Format.PAGE) {
        Optional<SegmentHeader> header = SegmentHeader.read(page, 0, name);
        // The file's former life may have left a header of another segment on the last page.
        if (header.isPresent() && (at != lastPage || header.get().name().equals(name))) {
          return header;
        }
      }
    }
    return Optional.empty();
  }
}
