package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Inflates gzip (RFC 1952): any number of members one after the other, each with its checksum and
/// length checked, and nothing behind the last. Reusable, by one thread at a time.
final class Gunzip implements AutoCloseable {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final short MAGIC = (short) 0x8b1f;
  private static final int DEFLATE = 8;
  private static final int FIXED_HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int HAS_HEADER_CRC = 2;
  private static final int HAS_EXTRA = 4;
  private static final int HAS_NAME = 8;
  private static final int HAS_COMMENT = 16;
  private static final int RESERVED_FLAGS = 0xe0;

  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private byte[] in = new byte[0];
  private int at;
  private int end;

  Inflated inflate(Bytes packed, InflateBuffer.Bounds bounds) {
    in = packed.array();
    at = packed.from();
    end = packed.to();
    InflateBuffer out = new InflateBuffer(bounds, packed.length());
    try {
      do {
        Optional<Inflated> end = member(out);
        if (end.isPresent()) {
          return end.get();
        }
      } while (at < this.end);
      return out.finish();
    } catch (DataFormatException damaged) {
      return new Inflated.Damaged("the gzip data is damaged");
    } finally {
      in = new byte[0];
    }
  }

  private Optional<Inflated> member(InflateBuffer out) throws DataFormatException {
    if (!header()) {
      return damaged("not a gzip header at byte %d, or a truncated one");
    }
    inflater.reset();
    inflater.setInput(in, at, end - at);
    crc.reset();
    int memberFrom = out.length();
    while (!inflater.finished()) {
      Optional<Inflated> full = out.makeRoom();
      if (full.isPresent()) {
        return full;
      }
      int count = inflater.inflate(out.bytes(), out.length(), out.free());
      crc.update(out.bytes(), out.length(), count);
      out.advance(count);
      if (count == 0 && !inflater.finished()) {
        return Optional.of(new Inflated.Damaged("the gzip data is truncated"));
      }
    }
    at = end - inflater.getRemaining();
    if (end - at < TRAILER_BYTES) {
      return Optional.of(new Inflated.Damaged("the gzip data is truncated"));
    }
    int memberBytes = out.length() - memberFrom;
    if ((int) INT.get(in, at) != (int) crc.getValue() || (int) INT.get(in, at + 4) != memberBytes) {
      return damaged("the gzip checksum or length at byte %d does not fit the data");
    }
    at += TRAILER_BYTES;
    return Optional.empty();
  }

  private Optional<Inflated> damaged(String format) {
    return Optional.of(new Inflated.Damaged(format.formatted(at)));
  }

  /// Steps over a member's header; false where there is none.
  private boolean header() {
    int from = at;
    if (end - at < FIXED_HEADER_BYTES
        || (short) SHORT.get(in, at) != MAGIC
        || in[at + 2] != DEFLATE) {
      return false;
    }
    int flags = in[at + 3] & 0xff;
    int next = at + FIXED_HEADER_BYTES;
    if ((flags & HAS_EXTRA) != 0 && next + 2 <= end) {
      next += 2 + ((short) SHORT.get(in, next) & 0xffff);
    }
    if ((flags & HAS_NAME) != 0) {
      next = behindZero(next);
    }
    if ((flags & HAS_COMMENT) != 0) {
      next = behindZero(next);
    }
    if ((flags & HAS_HEADER_CRC) != 0) {
      if (next + 2 > end || !headerCrcFits(from, next)) {
        return false;
      }
      next += 2;
    }
    at = Math.min(next, end);
    return (flags & RESERVED_FLAGS) == 0 && next <= end;
  }

  private int behindZero(int from) {
    int next = from;
    while (next < end && in[next] != 0) {
      next++;
    }
    return next + 1;
  }

  private boolean headerCrcFits(int from, int to) {
    crc.reset();
    crc.update(in, from, to - from);
    return (short) crc.getValue() == (short) SHORT.get(in, to);
  }

  @Override
  public void close() {
    inflater.end();
  }
}
