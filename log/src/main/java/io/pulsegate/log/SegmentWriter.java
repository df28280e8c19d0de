package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/// The open segment's writing end. Committer only.
final class SegmentWriter implements Closeable {
  private static final String UNFINISHED = ".new";

  private final DiskFile file;
  private final Segment segment;
  private final long segmentBytes;
  private long position;

  private SegmentWriter(DiskFile file, Segment segment, long segmentBytes) {
    this.file = file;
    this.segment = segment;
    this.segmentBytes = segmentBytes;
    this.position = segment.header().dataStart();
  }

  /// Begins a segment in a file of its own. When it returns, header and lane table are durable, and
  /// so is the file's name: only then anything may be appended.
  static SegmentWriter create(Disk disk, long segmentBytes, SegmentHeader header, byte[] laneTable)
      throws IOException {
    String unfinished = unfinishedName(header);
    DiskFile file = disk.open(unfinished, Disk.Access.CREATE, true);
    return begin(disk, file, unfinished, segmentBytes, header, laneTable);
  }

  /// The same in a file of the pool, opened for writing; the header says how large it is.
  ///
  /// @param dataEndMax where the footer begins, if it needs all the room there is for it
  static SegmentWriter recycle(
      Disk disk,
      DiskFile file,
      String name,
      long dataEndMax,
      SegmentHeader header,
      byte[] laneTable)
      throws IOException {
    try {
      // No trailer of the file's former life may be taken for a trailer, of whatever format.
      file.write(Format.pages(Format.PAGE), header.allocatedBytes() - Format.PAGE);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    return begin(disk, file, name, dataEndMax, header, laneTable);
  }

  private static SegmentWriter begin(
      Disk disk,
      DiskFile file,
      String oldName,
      long segmentBytes,
      SegmentHeader header,
      byte[] laneTable)
      throws IOException {
    try {
      writeHead(file, header, laneTable);
      file.force();
      disk.rename(oldName, header.name());
      disk.syncDirectory();
      return new SegmentWriter(file, new Segment(header), segmentBytes);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  static void writeHead(DiskFile file, SegmentHeader header, byte[] laneTable) throws IOException {
    ByteBuffer head = Format.pages((int) header.dataStart());
    header.write(head, 0);
    header.write(head, Format.PAGE);
    head.put((int) header.laneTableAt(), laneTable);
    file.write(head, 0);
  }

  /// What its file is called until the segment is begun.
  static String unfinishedName(SegmentHeader header) {
    return header.name() + UNFINISHED;
  }

  /// Whether this is the name of a segment whose creation was cut short.
  static boolean isUnfinished(String name) {
    return name.endsWith(UNFINISHED)
        && Format.isSegmentName(name.substring(0, name.length() - UNFINISHED.length()));
  }

  static SegmentHeader header(
      UUID logId,
      UUID segmentId,
      long generation,
      long firstOffset,
      long firstSequence,
      long floorMicros,
      Totals before,
      SegmentHeader.Previous previous,
      long allocatedBytes,
      byte[] laneTable) {
    return new SegmentHeader(
        logId,
        segmentId,
        generation,
        firstOffset,
        firstSequence,
        floorMicros,
        before,
        previous,
        allocatedBytes,
        0,
        laneTable.length,
        Checksum.of(segmentId, generation).of(ByteBuffer.wrap(laneTable), 0, laneTable.length));
  }

  Segment segment() {
    return segment;
  }

  /// Where the next block goes; all below is durable.
  long position() {
    return position;
  }

  boolean isEmpty() {
    return position == segment.header().dataStart();
  }

  /// Whether its file was written before, so that a block that fits needs no more space.
  boolean isAllocated() {
    return segment.header().allocatedBytes() > 0;
  }

  boolean isHalfFull() {
    return position >= segmentBytes / 2;
  }

  /// Whether a block of that size still belongs here. An empty segment takes any block.
  boolean hasRoom(long blockBytes) {
    return isEmpty() || position + blockBytes <= segmentBytes;
  }

  /// Writes one block and syncs it. After an exception the log is finished.
  void write(ByteBuffer block) throws IOException {
    int bytes = block.remaining();
    file.write(block, position);
    file.force();
    position += bytes;
  }

  void seal(long endSequence, Totals totals, Lanes lanes) throws IOException {
    SegmentFooter.write(
        file, segment, segment.index(), endSequence, totals, lanes, segment.dataEnd());
    file.close();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
