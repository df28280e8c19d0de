package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Puts whole frames, as they are, into new commit blocks of another file of the same segment.
final class BlockCopy {
  /// A block is begun anew behind so many bytes, so that readers have where to begin.
  private static final int BLOCK_BYTES = 64 * 1024;

  private final DiskFile to;
  private final Checksum checksum;
  private final long generation;
  private ByteBuffer buffer = Format.pages(2 * BLOCK_BYTES);
  private long position;
  private int bytes = Format.BLOCK_HEADER_BYTES;
  private int frames;
  private long firstOffset;

  BlockCopy(SegmentHeader header, DiskFile to) {
    this.to = to;
    this.checksum = header.checksum();
    this.generation = header.generation();
    this.position = header.dataStart();
  }

  void add(ByteBuffer from, int at, FrameHeader frame) throws IOException {
    int frameBytes = frame.frameBytes();
    if (frames > 0 && bytes + frameBytes > BLOCK_BYTES) {
      flush();
    }
    if (frames == 0) {
      firstOffset = frame.firstOffset;
      if (Format.pageUp(bytes + frameBytes) > buffer.capacity()) {
        buffer = Format.pages((int) Format.pageUp(bytes + frameBytes));
      }
    }
    buffer.put(bytes, from, at, frameBytes);
    bytes += frameBytes;
    frames++;
  }

  /// Writes what is there; returns where the file's frames end.
  long flush() throws IOException {
    if (frames > 0) {
      BlockHeader.write(
          buffer, checksum, frames, bytes, generation, firstOffset, position, firstOffset);
      int padded = (int) Format.pageUp(bytes);
      for (int at = bytes; at < padded; at += 8) {
        buffer.putLong(at, 0);
      }
      to.write(buffer.limit(padded).position(0), position);
      buffer.clear();
      position += padded;
      bytes = Format.BLOCK_HEADER_BYTES;
      frames = 0;
    }
    to.force();
    return position;
  }
}
