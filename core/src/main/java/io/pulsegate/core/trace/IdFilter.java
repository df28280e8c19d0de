package io.pulsegate.core.trace;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.SipHash128;
import io.pulsegate.log.Disk;
import io.pulsegate.log.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Which event ids a stretch of the log may hold: a Bloom filter in a file, of which a question
/// reads one line. One question of 1,000 for an id that is not there is answered with maybe.
///
/// Little-endian:
///
/// ```
///  0  i64 magic "PGIDS001"      8  i64 first offset    16  i64 offset behind the last
/// 24  i64 hash of the log id   32  i32 lines           60  i32 CRC32C of the 60 bytes before
/// 64  lines of 64 bytes: 480 bits, 8 of them set by each id in its line; CRC32C of the 60 bytes
/// ```
///
/// **A line that is damaged means maybe**: a filter spares reading, and never decides.
record IdFilter(String name, long from, long until, int lines) {
  private static final String SUFFIX = ".ids";
  private static final String NEW = "new.tmp";
  private static final long MAGIC = 0x5047494453303031L;
  private static final int LINE_BYTES = 64;
  private static final int CHECKED_BYTES = 60;
  private static final int LINE_BITS = 480;
  private static final int BITS_BY_ID = 16;
  private static final int SET_BY_ID = 8;

  /// What is kept of an id.
  record Key(long low, long high) {
    static Key of(String id) {
      byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
      var hash = hash();
      hash.hash(bytes, 0, bytes.length);
      return new Key(hash.low(), hash.high());
    }
  }

  /// The hash that all filters are made with.
  private static SipHash128 hash() {
    return new SipHash128(0x70756c7365676174L, 0x6576656e74206964L);
  }

  /// The ids of a stretch while it is read. One thread.
  static final class Builder {
    private final SipHash128 hash = hash();
    private final long[] low;
    private final long[] high;
    private int ids;

    /// @param idsMax a block's worth more than what is collected
    Builder(int idsMax) {
      this.low = new long[idsMax];
      this.high = new long[idsMax];
    }

    int ids() {
      return ids;
    }

    void add(EventBlock block) {
      for (int i = 0; i < block.count(); i++) {
        if (block.isLive(i)) {
          hash.hash(block.bytes(), block.idFrom(i), block.idFrom(i) + block.idLength(i));
          low[ids] = hash.low();
          high[ids] = hash.high();
          ids++;
        }
      }
    }

    /// Writes the filter and begins with nothing again. It need not be durable: what is torn is
    /// seen when it is read.
    IdFilter write(Disk disk, String logId, long from, long until) throws IOException {
      int lines = Math.max(1, Math.ceilDiv(ids * BITS_BY_ID, LINE_BITS));
      ByteBuffer file =
          ByteBuffer.allocate(LINE_BYTES * (lines + 1)).order(ByteOrder.LITTLE_ENDIAN);
      file.putLong(0, MAGIC).putLong(8, from).putLong(16, until);
      file.putLong(24, Key.of(logId).low()).putInt(32, lines);
      for (int i = 0; i < ids; i++) {
        set(file, LINE_BYTES * (1 + line(low[i], lines)), high[i]);
      }
      for (int line = 0; line <= lines; line++) {
        file.putInt(LINE_BYTES * line + CHECKED_BYTES, crc(file, LINE_BYTES * line));
      }
      var filter = new IdFilter("%016x%s".formatted(from, SUFFIX), from, until, lines);
      if (disk.list().contains(NEW)) {
        disk.delete(NEW);
      }
      try (DiskFile out = disk.open(NEW, Disk.Access.CREATE, false)) {
        out.write(file.clear(), 0);
      }
      disk.rename(NEW, filter.name());
      ids = 0;
      return filter;
    }

    /// Forgets what was collected.
    void clear() {
      ids = 0;
    }
  }

  private static int line(long low, int lines) {
    return (int) Math.unsignedMultiplyHigh(low, lines);
  }

  private static int bit(long high, int i) {
    int mixed = (int) high + i * ((int) (high >>> 32) | 1);
    return (int) (((mixed & 0xffff_ffffL) * LINE_BITS) >>> 32);
  }

  private static void set(ByteBuffer file, int at, long high) {
    for (int i = 0; i < SET_BY_ID; i++) {
      int bit = bit(high, i);
      int place = at + bit / 8;
      file.put(place, (byte) (file.get(place) | (1 << (bit % 8))));
    }
  }

  private static int crc(ByteBuffer file, int at) {
    var crc = new CRC32C();
    crc.update(file.slice(at, CHECKED_BYTES));
    return (int) crc.getValue();
  }

  static boolean isName(String name) {
    return name.endsWith(SUFFIX);
  }

  /// Reads what a file is about; empty where it is damaged, or of another log.
  static Optional<IdFilter> open(Disk disk, String name, String logId) throws IOException {
    try (DiskFile file = disk.open(name, Disk.Access.READ, false)) {
      ByteBuffer header = line(file, 0);
      boolean ours =
          isGood(header)
              && header.getLong(0) == MAGIC
              && header.getLong(24) == Key.of(logId).low()
              && file.sizeBytes() == LINE_BYTES * (header.getInt(32) + 1L);
      return ours
          ? Optional.of(
              new IdFilter(name, header.getLong(8), header.getLong(16), header.getInt(32)))
          : Optional.empty();
    }
  }

  /// Whether the id may be in the stretch.
  boolean mayHold(Disk disk, Key key) throws IOException {
    try (DiskFile file = disk.open(name, Disk.Access.READ, false)) {
      ByteBuffer line = line(file, LINE_BYTES * (1L + line(key.low(), lines)));
      if (!isGood(line)) {
        return true;
      }
      for (int i = 0; i < SET_BY_ID; i++) {
        int bit = bit(key.high(), i);
        if ((line.get(bit / 8) & (1 << (bit % 8))) == 0) {
          return false;
        }
      }
      return true;
    }
  }

  private static ByteBuffer line(DiskFile file, long position) throws IOException {
    ByteBuffer line = ByteBuffer.allocate(LINE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    var _ = file.read(line, position);
    return line;
  }

  private static boolean isGood(ByteBuffer line) {
    return line.position() == LINE_BYTES && line.getInt(CHECKED_BYTES) == crc(line, 0);
  }
}
