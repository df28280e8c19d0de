package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// The first 16 bytes of every file and slot, the same in all versions for ever: magic, kind,
/// version and a checksum of these, so that "damaged", "too old" and "too new" can be told apart.
final class Preamble {
  static final int BYTES = 16;
  static final long MAGIC =
      ByteBuffer.wrap("PulsGate".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();

  /// What follows the preamble.
  enum Kind {
    SEGMENT(1),
    TRAILER(2),
    RECORD(3);

    private final short code;

    Kind(int code) {
      this.code = (short) code;
    }
  }

  private Preamble() {}

  static void write(ByteBuffer to, int at, Kind kind) {
    write(to, at, kind, Format.VERSION);
  }

  static void write(ByteBuffer to, int at, Kind kind, int version) {
    to.putLong(at, MAGIC);
    to.putShort(at + 8, kind.code);
    to.putShort(at + 10, (short) version);
    to.putInt(at + 12, crc(to, at));
  }

  /// Whether a readable preamble of this kind and of our version is there.
  ///
  /// @throws LogException FORMAT_TOO_OLD or FORMAT_TOO_NEW, when it is readable and of another
  ///   version
  static boolean check(ByteBuffer from, int at, Kind kind, String file) {
    if (from.getLong(at) != MAGIC
        || from.getInt(at + 12) != crc(from, at)
        || from.getShort(at + 8) != kind.code) {
      return false;
    }
    int version = Short.toUnsignedInt(from.getShort(at + 10));
    if (version < Format.VERSION) {
      throw new LogException(
          LogException.Code.FORMAT_TOO_OLD,
          "%s has format %d; this program reads format %d only. Nothing was changed. Migrate the folder with the release that wrote it."
              .formatted(file, version, Format.VERSION));
    }
    if (version > Format.VERSION) {
      throw new LogException(
          LogException.Code.FORMAT_TOO_NEW,
          "%s has format %d; this program reads up to format %d. Nothing was changed. Use the newer release that wrote it."
              .formatted(file, version, Format.VERSION));
    }
    return true;
  }

  private static int crc(ByteBuffer buffer, int at) {
    var crc = new CRC32C();
    crc.update(buffer.slice(at, 12));
    return (int) crc.getValue();
  }
}
