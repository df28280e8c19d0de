package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;

/// What the file `log.id` remembers.
///
/// @param logId made when the folder was; a copy that goes its own way needs a new one
/// @param generation count of opens; saved before anything is written under it
/// @param nextOffset the mark: no offset from here on has ever been used, see [OffsetMark]
/// @param releasedBelow below it only what stragglers needed is still there; 0 while nothing was
///   given up piecemeal. A program that does not know of this reads no file that has it.
record Identity(UUID logId, long generation, long nextOffset, long releasedBelow) {
  static final String FILE = "log.id";
  private static final int SHORT_BYTES = 32;
  private static final int BYTES = 40;

  /// Of a log of which nothing was given up piecemeal.
  Identity(UUID logId, long generation, long nextOffset) {
    this(logId, generation, nextOffset, 0);
  }

  Identity of(UUID otherLog) {
    return new Identity(otherLog, generation, nextOffset, releasedBelow);
  }

  Identity goingOnAt(long offset) {
    return new Identity(logId, generation, offset, releasedBelow);
  }

  Identity releasedBelow(long offset) {
    return new Identity(logId, generation, nextOffset, offset);
  }

  byte[] encoded() {
    ByteBuffer to =
        ByteBuffer.allocate(releasedBelow > 0 ? BYTES : SHORT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    Format.putId(to, 0, logId);
    to.putLong(16, generation).putLong(24, nextOffset);
    if (releasedBelow > 0) {
      to.putLong(32, releasedBelow);
    }
    return to.array();
  }

  static Identity decoded(byte[] record) {
    if (record.length != BYTES && record.length != SHORT_BYTES) {
      throw new LogException(
          LogException.Code.CORRUPT,
          "%s holds %d bytes, not %d or %d. Nothing was changed. It may be of a newer release: use that, or restore the file."
              .formatted(FILE, record.length, SHORT_BYTES, BYTES));
    }
    ByteBuffer from = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    return new Identity(
        Format.id(from, 0),
        from.getLong(16),
        from.getLong(24),
        record.length == BYTES ? from.getLong(32) : 0);
  }
}
