package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes the footer that seals a segment, and reads its sections back, each on its own.
final class SegmentFooter {
  private SegmentFooter() {}

  /// Writes and syncs the footer behind all that is in the file, the trailer last, so that a
  /// trailer vouches for the rest of it. Everything below the segment's data end has been synced
  /// before.
  static void write(
      DiskFile file,
      Segment segment,
      SegmentIndex index,
      long endSequence,
      Totals totals,
      Lanes lanes,
      long from)
      throws IOException {
    List<Lane> all = lanes.all();
    byte[] table = Lanes.table(all);
    byte[] granules = granules(all);
    int sectionBytes = index.bytes() + table.length + granules.length;
    int trailerAt = (int) Format.pageUp(sectionBytes);
    int footerBytes = trailerAt + Format.PAGE;
    long fileEnd = Format.pageUp(file.sizeBytes());
    boolean isMostlyEmpty = Format.pageUp(from) + footerBytes < fileEnd / 4 * 3;
    long start =
        isMostlyEmpty ? Format.pageUp(from) : Math.max(Format.pageUp(from), fileEnd - footerBytes);
    ByteBuffer footer = Format.pages(trailerAt + Format.PAGE);
    index.write(footer);
    footer.put(table).put(granules);
    Checksum checksum = segment.header().checksum();
    long tableAt = start + index.bytes();
    var trailer =
        new SegmentTrailer(
            segment.header(),
            segment.dataEnd(),
            segment.endOffset(),
            endSequence,
            segment.lastMicros(),
            totals,
            section(checksum, footer, start, start, index.bytes()),
            section(checksum, footer, start, tableAt, table.length),
            section(checksum, footer, start, tableAt + table.length, granules.length));
    trailer.write(footer, trailerAt);
    writeTrailerLast(file, footer, start);
    if (isMostlyEmpty) {
      file.truncate(start + footerBytes);
      file.force();
    }
    segment.finish(endSequence, start + footerBytes);
  }

  /// Most bytes that the footer of a segment of that size can take with these lanes.
  static long bytesMax(long segmentBytes, int indexBytes, List<Lane> lanes) {
    long granules = segmentBytes / indexBytes + 1;
    long perLane = Integer.BYTES + (granules / Long.SIZE + 1) * Long.BYTES;
    return Format.pageUp(
            granules * SegmentIndex.ENTRY_BYTES
                + Lanes.table(lanes).length
                + lanes.size() * perLane)
        + Format.PAGE;
  }

  private static void writeTrailerLast(DiskFile file, ByteBuffer footer, long start)
      throws IOException {
    int trailerAt = footer.capacity() - Format.PAGE;
    if (trailerAt > 0) {
      file.write(footer.clear().limit(trailerAt), start);
      file.force();
    }
    file.write(footer.clear().position(trailerAt), start + trailerAt);
    file.force();
  }

  /// Writes the footer as it is read once more: a process that was killed, or whose sync failed,
  /// may have left it in the page cache alone.
  static void syncAgain(DiskFile file, SegmentTrailer trailer) throws IOException {
    long start = Format.pageDown(trailer.index().position());
    ByteBuffer footer = Format.pages((int) (file.sizeBytes() - start));
    file.read(footer, start);
    writeTrailerLast(file, footer, start);
  }

  static Optional<SegmentTrailer> readTrailer(DiskFile file, SegmentHeader header)
      throws IOException {
    long at = file.sizeBytes() - Format.PAGE;
    if (at < header.dataStart() || at % Format.PAGE != 0) {
      return Optional.empty();
    }
    ByteBuffer page = Format.pages(Format.PAGE);
    file.read(page, at);
    return SegmentTrailer.read(page, 0, header, header.name());
  }

  /// Empty when it is damaged; the segment is then read without.
  static Optional<SegmentIndex> readIndex(DiskFile file, SegmentTrailer trailer)
      throws IOException {
    return read(file, trailer.header(), trailer.index()).map(SegmentIndex::read);
  }

  /// Totals of all lanes at the end of the segment; empty when damaged.
  static Optional<Map<String, Totals>> readLanes(DiskFile file, SegmentTrailer trailer)
      throws IOException {
    return read(file, trailer.header(), trailer.lanes()).map(Lanes::readTable);
  }

  /// Totals of all lanes at the start of the segment; empty when damaged.
  static Optional<Map<String, Totals>> readStartLanes(DiskFile file, SegmentHeader header)
      throws IOException {
    var section =
        new SegmentTrailer.Section(
            header.laneTableAt(), header.laneTableBytes(), header.laneTableCrc());
    return read(file, header, section).map(Lanes::readTable);
  }

  /// The granules in which the lane has frames; empty when damaged.
  static Optional<BitSet> readGranules(DiskFile file, SegmentTrailer trailer, String lane)
      throws IOException {
    Optional<ByteBuffer> table = read(file, trailer.header(), trailer.lanes());
    Optional<ByteBuffer> granules = read(file, trailer.header(), trailer.granules());
    if (table.isEmpty() || granules.isEmpty()) {
      return Optional.empty();
    }
    Optional<Integer> index = Lanes.indexInTable(table.get(), lane);
    if (index.isEmpty()) {
      return Optional.of(new BitSet());
    }
    ByteBuffer from = granules.get();
    for (int i = 0; i < index.get(); i++) {
      int words = from.getInt();
      from.position(from.position() + words * Long.BYTES);
    }
    long[] words = new long[from.getInt()];
    from.asLongBuffer().get(words);
    return Optional.of(BitSet.valueOf(words));
  }

  private static byte[] granules(List<Lane> lanes) {
    List<long[]> sets = lanes.stream().map(lane -> lane.granules.toLongArray()).toList();
    int words = sets.stream().mapToInt(set -> set.length).sum();
    ByteBuffer to =
        ByteBuffer.allocate(sets.size() * 4 + words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long[] set : sets) {
      to.putInt(set.length);
      for (long word : set) {
        to.putLong(word);
      }
    }
    return to.array();
  }

  private static SegmentTrailer.Section section(
      Checksum checksum, ByteBuffer footer, long start, long position, int bytes) {
    return new SegmentTrailer.Section(
        position, bytes, checksum.of(footer, (int) (position - start), bytes));
  }

  /// Whether a section is as it was written.
  static boolean isGood(DiskFile file, SegmentHeader header, SegmentTrailer.Section section)
      throws IOException {
    return read(file, header, section).isPresent();
  }

  private static Optional<ByteBuffer> read(
      DiskFile file, SegmentHeader header, SegmentTrailer.Section section) throws IOException {
    long from = Format.pageDown(section.position());
    if (section.bytes() < 0 || section.position() + section.bytes() > file.sizeBytes()) {
      return Optional.empty();
    }
    int at = (int) (section.position() - from);
    ByteBuffer pages = Format.pages((int) Format.pageUp(at + section.bytes()));
    file.read(pages, from);
    if (header.checksum().of(pages, at, section.bytes()) != section.crc()) {
      return Optional.empty();
    }
    return Optional.of(pages.slice(at, section.bytes()).order(ByteOrder.LITTLE_ENDIAN));
  }
}
