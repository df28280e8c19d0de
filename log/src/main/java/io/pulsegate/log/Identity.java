package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/// What the file `log.id` remembers.
///
/// @param logId made when the folder was; a copy that goes its own way needs a new one
/// @param generation count of opens; saved before anything is written under it
/// @param nextOffset the mark: no offset from here on has ever been used, see [OffsetMark]
record Identity(UUID logId, long generation, long nextOffset) {
  static final String FILE = "log.id";
  private static final int BYTES = 32;

  byte[] encoded() {
    ByteBuffer to = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Format.putId(to, 0, logId);
    return to.putLong(16, generation).putLong(24, nextOffset).array();
  }

  static Identity decoded(byte[] record) {
    if (record.length != BYTES) {
      throw new LogException(
          LogException.Code.CORRUPT, FILE + " holds " + record.length + " bytes, not " + BYTES);
    }
    ByteBuffer from = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    return new Identity(Format.id(from, 0), from.getLong(16), from.getLong(24));
  }
}
