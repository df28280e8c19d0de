package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// CRC32C over a segment's identity and generation, then over the bytes in question. One thread.
final class Checksum {
  private final CRC32C crc = new CRC32C();
  private final byte[] seed = new byte[24];
  private @Nullable ByteBuffer lastBuffer;
  private ByteBuffer view = ByteBuffer.allocate(0);

  static Checksum of(UUID segmentId, long generation) {
    var checksum = new Checksum();
    checksum.seed(segmentId, generation);
    return checksum;
  }

  void seed(UUID segmentId, long generation) {
    ByteBuffer to = ByteBuffer.wrap(seed).order(ByteOrder.LITTLE_ENDIAN);
    Format.putId(to, 0, segmentId);
    to.putLong(16, generation);
  }

  @SuppressWarnings("ReferenceEquality") // whether the view is of this very buffer
  int of(ByteBuffer buffer, int at, int bytes) {
    if (buffer != lastBuffer) {
      lastBuffer = buffer;
      view = buffer.duplicate();
    }
    crc.reset();
    crc.update(seed);
    view.limit(at + bytes).position(at);
    crc.update(view);
    return (int) crc.getValue();
  }
}
