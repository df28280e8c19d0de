package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Identity of a segment and where the log stood when it was begun; layout in [Format].
///
/// @param floorMicros no frame in it was received earlier
/// @param allocatedBytes size of the file, all of it written before, when the segment was begun in
///   it; 0 when the file was new and grows
/// @param parked how often it was thinned out to what stragglers need; 0 while it is whole
/// @param laneTableBytes size of the lane table that follows on page 2
record SegmentHeader(
    UUID logId,
    UUID segmentId,
    long generation,
    long firstOffset,
    long firstSequence,
    long floorMicros,
    Totals before,
    Previous previous,
    long allocatedBytes,
    int parked,
    int laneTableBytes,
    int laneTableCrc) {

  static final int BYTES = 160;

  /// The segment before it, as it was sealed; of the first segment all zero.
  record Previous(UUID segmentId, long dataEnd, long endOffset) {
    static final Previous NONE = new Previous(new UUID(0, 0), 0, 0);
  }

  /// What it says of that segment, if that is the one before it.
  Optional<Previous> previous(UUID ofSegment) {
    return Optional.of(previous).filter(known -> known.segmentId().equals(ofSegment));
  }

  /// The same segment of another log.
  SegmentHeader of(UUID otherLog) {
    return new SegmentHeader(
        otherLog,
        segmentId,
        generation,
        firstOffset,
        firstSequence,
        floorMicros,
        before,
        previous,
        allocatedBytes,
        parked,
        laneTableBytes,
        laneTableCrc);
  }

  /// The same segment in a file that grows.
  SegmentHeader grown(byte[] laneTable) {
    return grown(laneTable, parked);
  }

  /// The same segment in a file that grows, thinned out once more.
  SegmentHeader thinned(byte[] laneTable) {
    return grown(laneTable, parked + 1);
  }

  private SegmentHeader grown(byte[] laneTable, int newParked) {
    return new SegmentHeader(
        logId,
        segmentId,
        generation,
        firstOffset,
        firstSequence,
        floorMicros,
        before,
        previous,
        0,
        newParked,
        laneTable.length,
        checksum().of(ByteBuffer.wrap(laneTable), 0, laneTable.length));
  }

  boolean isParked() {
    return parked > 0;
  }

  String name() {
    return isParked()
        ? Format.parkedName(firstOffset, generation, parked)
        : Format.segmentName(firstOffset, generation);
  }

  long laneTableAt() {
    return 2L * Format.PAGE;
  }

  /// Position of the first block.
  long dataStart() {
    return laneTableAt() + Format.pageUp(laneTableBytes);
  }

  Checksum checksum() {
    return Checksum.of(segmentId, generation);
  }

  void write(ByteBuffer to, int at) {
    Preamble.write(to, at, Preamble.Kind.SEGMENT);
    to.putInt(at + 20, laneTableBytes);
    to.putInt(at + 24, laneTableCrc);
    to.putInt(at + 28, parked);
    Format.putId(to, at + 32, logId);
    Format.putId(to, at + 48, segmentId);
    to.putLong(at + 64, generation);
    to.putLong(at + 72, firstOffset);
    to.putLong(at + 80, firstSequence);
    to.putLong(at + 88, floorMicros);
    to.putLong(at + 96, before.entries());
    to.putLong(at + 104, before.bytes());
    Format.putId(to, at + 112, previous.segmentId());
    to.putLong(at + 128, previous.dataEnd());
    to.putLong(at + 136, previous.endOffset());
    to.putLong(at + 144, allocatedBytes);
    to.putLong(at + 152, 0);
    to.putInt(at + 16, crc(to, at));
  }

  /// Empty when it is damaged.
  ///
  /// @throws LogException FORMAT_TOO_OLD or FORMAT_TOO_NEW
  static Optional<SegmentHeader> read(ByteBuffer from, int at, String file) {
    if (!Preamble.check(from, at, Preamble.Kind.SEGMENT, file)
        || from.getInt(at + 16) != crc(from, at)) {
      return Optional.empty();
    }
    return Optional.of(
        new SegmentHeader(
            Format.id(from, at + 32),
            Format.id(from, at + 48),
            from.getLong(at + 64),
            from.getLong(at + 72),
            from.getLong(at + 80),
            from.getLong(at + 88),
            new Totals(from.getLong(at + 96), from.getLong(at + 104)),
            new Previous(Format.id(from, at + 112), from.getLong(at + 128), from.getLong(at + 136)),
            from.getLong(at + 144),
            from.getInt(at + 28),
            from.getInt(at + 20),
            from.getInt(at + 24)));
  }

  private static int crc(ByteBuffer buffer, int at) {
    var crc = new CRC32C();
    crc.update(buffer.slice(at + 20, BYTES - 20));
    return (int) crc.getValue();
  }
}
