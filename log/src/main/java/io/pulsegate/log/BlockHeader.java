package io.pulsegate.log;

import java.nio.ByteBuffer;

/// Head of a commit block; layout in [Format]. The fields are those of the last good [#read].
final class BlockHeader {
  static final int MAGIC = 0x42434750; // "PGCB"

  int frames;
  int bytes;
  long firstOffset;
  long durablePosition;
  long durableOffset;

  static void write(
      ByteBuffer to,
      Checksum checksum,
      int frames,
      int bytes,
      long generation,
      long firstOffset,
      long durablePosition,
      long durableOffset) {
    to.putInt(0, MAGIC);
    to.putLong(8, Format.VERSION);
    to.putInt(12, frames);
    to.putInt(16, bytes);
    to.putInt(20, 0);
    to.putLong(24, generation);
    to.putLong(32, firstOffset);
    to.putLong(40, durablePosition);
    to.putLong(48, durableOffset);
    to.putLong(56, 0);
    to.putInt(4, checksum.of(to, 8, Format.BLOCK_HEADER_BYTES - 8));
  }

  /// Whether a valid block header is at `at`; only then the fields are set.
  boolean read(ByteBuffer from, int at, Checksum checksum) {
    if (from.getInt(at) != MAGIC
        || from.getInt(at + 4) != checksum.of(from, at + 8, Format.BLOCK_HEADER_BYTES - 8)
        || from.get(at + 8) != Format.VERSION) {
      return false;
    }
    frames = from.getInt(at + 12);
    bytes = from.getInt(at + 16);
    firstOffset = from.getLong(at + 32);
    durablePosition = from.getLong(at + 40);
    durableOffset = from.getLong(at + 48);
    return bytes >= Format.BLOCK_HEADER_BYTES && bytes <= Format.COMMIT_BYTES_LIMIT;
  }
}
