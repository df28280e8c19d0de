package io.pulsegate.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/// One file of a spool, mapped as a whole. Its blocks are written before it is used, so that a full
/// disk shows here and not in the middle of a `track`.
///
/// ```
///  0  magic "PGSPOOL1"     8  version, short    10  wire format, short
/// 12  size of the file, int
/// 16  sequence, long      24  CRC-32C of the bytes 0 to 23, int
/// 32  behind the last settled record, long
/// 64  records, see Segment
/// ```
///
/// All numbers little-endian. A file without a magic is free.
final class SpoolFile {
  static final int HEADER_BYTES = 64;
  private static final long MAGIC = 0x314c_4f4f_5053_4750L; // "PGSPOOL1"
  private static final short VERSION = 1;
  private static final int SETTLED_AT = 32;
  private static final int ZEROS = 64 * 1024;

  private final Path path;
  private final MappedByteBuffer map;

  private SpoolFile(Path path, MappedByteBuffer map) {
    this.path = path;
    this.map = map;
    map.order(ByteOrder.LITTLE_ENDIAN);
  }

  /// What the start of a file says.
  enum State {
    USED,
    FREE,
    UNREADABLE
  }

  static SpoolFile create(Path path, int sizeBytes) throws IOException {
    try (var channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      var zeros = ByteBuffer.allocate(ZEROS);
      for (long at = 0; at < sizeBytes; at += zeros.limit()) {
        zeros.clear().limit((int) Math.min(ZEROS, sizeBytes - at));
        while (zeros.hasRemaining()) {
          int unused = channel.write(zeros, at + zeros.position());
        }
      }
      channel.force(true);
      return new SpoolFile(path, channel.map(FileChannel.MapMode.READ_WRITE, 0, sizeBytes));
    }
  }

  static SpoolFile open(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long size = channel.size();
      if (size < HEADER_BYTES || size > Integer.MAX_VALUE) {
        throw new IOException("a spool file has not %d bytes".formatted(size));
      }
      return new SpoolFile(path, channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
    }
  }

  Path path() {
    return path;
  }

  int sizeBytes() {
    return map.capacity();
  }

  State state() {
    if (map.getLong(0) == 0) {
      return State.FREE;
    }
    boolean sound =
        map.getLong(0) == MAGIC
            && map.getShort(8) == VERSION
            && map.getInt(12) == map.capacity()
            && map.getInt(24) == headerChecksum()
            && settled() >= HEADER_BYTES
            && settled() <= map.capacity();
    return sound ? State.USED : State.UNREADABLE;
  }

  /// In which format its records are; a file from before there was one says the native.
  boolean isIn(WireFormat format) {
    return map.getShort(10) == format.spoolCode();
  }

  long sequence() {
    return map.getLong(16);
  }

  int settled() {
    long settled = map.getLong(SETTLED_AT);
    return settled > Integer.MAX_VALUE ? -1 : (int) settled;
  }

  void settled(int position) {
    map.putLong(SETTLED_AT, position);
  }

  Segment segment() {
    return Segment.inFile(map.duplicate(), HEADER_BYTES, sequence());
  }

  /// Empties it for another use. A crash in the middle leaves it free.
  void prepare(long sequence, WireFormat format) {
    map.putLong(0, 0);
    zero(8);
    map.putShort(8, VERSION);
    map.putShort(10, format.spoolCode());
    map.putInt(12, map.capacity());
    map.putLong(16, sequence);
    map.putLong(SETTLED_AT, HEADER_BYTES);
    map.putInt(24, headerChecksum());
    map.putLong(0, MAGIC);
  }

  /// Empties it from a position on.
  void zero(int from) {
    byte[] zeros = new byte[Math.min(ZEROS, map.capacity() - from)];
    for (int at = from; at < map.capacity(); at += zeros.length) {
      map.put(at, zeros, 0, Math.min(zeros.length, map.capacity() - at));
    }
  }

  void force() {
    MappedByteBuffer unused = map.force();
  }

  private int headerChecksum() {
    byte[] header = new byte[24];
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, MAGIC);
    map.get(8, header, 8, 16);
    var crc = new CRC32C();
    crc.update(header, 0, header.length);
    return (int) crc.getValue();
  }
}
