package io.pulsegate.log;

import java.nio.ByteBuffer;

/// Assembles one commit block in a page-aligned buffer that is used again and again. Committer
/// only.
final class BlockBuilder {
  private final ByteBuffer buffer;
  private final int bytesMax;
  private final FrameHeader header = new FrameHeader();
  private final Checksum checksum = new Checksum();

  private long generation;
  private long firstOffset;
  private int bytes;
  private int frames;
  private int entries;

  BlockBuilder(int bytesMax) {
    this.bytesMax = bytesMax;
    this.buffer = Format.pages(bytesMax);
  }

  void begin(SegmentHeader segment) {
    checksum.seed(segment.segmentId(), segment.generation());
    generation = segment.generation();
    buffer.clear();
    bytes = Format.BLOCK_HEADER_BYTES;
    frames = 0;
    entries = 0;
  }

  boolean isEmpty() {
    return frames == 0;
  }

  int frames() {
    return frames;
  }

  /// Offsets taken by its frames.
  int entries() {
    return entries;
  }

  long firstOffset() {
    return firstOffset;
  }

  /// Size with one more frame, padded.
  long bytesWith(int frameBytes) {
    return Format.pageUp(bytes + frameBytes);
  }

  boolean hasRoom(int frameBytes, int count) {
    return bytes + frameBytes <= bytesMax && entries + count <= Format.COMMIT_ENTRIES_MAX;
  }

  /// Adds a frame whose room was asked for.
  void add(
      Lane lane,
      ByteBuffer body,
      int count,
      Admitted live,
      long offset,
      long sequence,
      long receivedMicros,
      Totals logBefore) {
    int at = bytes;
    header.laneBytes = lane.utf8.length;
    header.bodyBytes = body.remaining();
    int bodyAt = at + header.bodyAt();
    int padded = Format.align8(header.bodyBytes);
    if (padded > 0) {
      buffer.putLong(bodyAt + padded - 8, 0);
    }
    buffer.put(bodyAt, body, body.position(), header.bodyBytes);
    header.bodyCrc = checksum.of(buffer, bodyAt, header.bodyBytes);
    header.count = count;
    header.liveEntries = live.entries();
    header.liveBytes = live.bytes();
    header.generation = generation;
    header.sequence = sequence;
    header.firstOffset = offset;
    header.receivedMicros = receivedMicros;
    header.laneEntriesBefore = lane.entries;
    header.laneBytesBefore = lane.bytes;
    header.logEntriesBefore = logBefore.entries();
    header.logBytesBefore = logBefore.bytes();
    header.write(buffer, at, lane.utf8, checksum);
    if (frames == 0) {
      firstOffset = offset;
    }
    bytes = bodyAt + padded;
    frames++;
    entries += count;
  }

  /// The block, padded to whole pages, ready to be written.
  ByteBuffer finish(long durablePosition, long durableOffset) {
    BlockHeader.write(
        buffer, checksum, frames, bytes, generation, firstOffset, durablePosition, durableOffset);
    int padded = (int) Format.pageUp(bytes);
    for (int at = bytes; at < padded; at += 8) {
      buffer.putLong(at, 0);
    }
    return buffer.limit(padded).position(0);
  }
}
