package io.pulsegate.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// One small record that survives a crash at any moment: after it, [#load] returns the record of
/// the last [#save] that returned, or of the one under way, never neither. Any thread.
///
/// ```text
/// slot 0 at 0, slot 1 at 1 MiB, each:
///   magic u64, kind u16, version u16, crc u32 of these     (fixed for all versions)
///   crc u32 of the rest, bytes u32, sequence u64, record
/// ```
///
/// Little-endian. Saves take turns between the slots, the valid one with the higher sequence
/// counts. The very first save fills both, slot 0 first, so that of a file with a second slot one
/// is always valid, and anything else is damage rather than a first save cut short.
public final class CursorFile implements AutoCloseable {
  /// Largest record.
  public static final int RECORD_BYTES_MAX = (1 << 20) - Slot.HEADER_BYTES;

  private final Disk disk;
  private final String name;

  private @Nullable DiskFile file;
  private Optional<byte[]> record = Optional.empty();
  private long sequence;
  private boolean loaded;
  private boolean failed;

  /// One of the two places for a record.
  private static final class Slot {
    static final int HEADER_BYTES = 32;
    static final long DISTANCE = 1 << 20;

    final long sequence;
    final byte[] record;

    Slot(long sequence, byte[] record) {
      this.sequence = sequence;
      this.record = record;
    }

    ByteBuffer encoded() {
      ByteBuffer to =
          ByteBuffer.allocate(HEADER_BYTES + record.length).order(ByteOrder.LITTLE_ENDIAN);
      Preamble.write(to, 0, Preamble.Kind.RECORD);
      to.putInt(20, record.length).putLong(24, sequence).put(HEADER_BYTES, record);
      return to.putInt(16, crc(to, record.length));
    }

    static Optional<Slot> read(DiskFile file, int index, String name) throws IOException {
      ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (file.read(header, index * DISTANCE) < HEADER_BYTES
          || !Preamble.check(header, 0, Preamble.Kind.RECORD, name)) {
        return Optional.empty();
      }
      int bytes = header.getInt(20);
      if (bytes < 0 || bytes > RECORD_BYTES_MAX) {
        return Optional.empty();
      }
      ByteBuffer whole = ByteBuffer.allocate(HEADER_BYTES + bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (file.read(whole, index * DISTANCE) < whole.capacity()
          || whole.getInt(16) != crc(whole, bytes)) {
        return Optional.empty();
      }
      byte[] record = new byte[bytes];
      whole.get(HEADER_BYTES, record);
      return Optional.of(new Slot(whole.getLong(24), record));
    }

    private static int crc(ByteBuffer slot, int recordBytes) {
      var crc = new CRC32C();
      crc.update(slot.slice(20, HEADER_BYTES - 20 + recordBytes));
      return (int) crc.getValue();
    }
  }

  /// Touches nothing yet.
  public CursorFile(Disk disk, String name) {
    this.disk = disk;
    this.name = name;
  }

  /// The record, or empty when none was ever saved. What it returns is durable: the first call
  /// saves it again, because what a crashed process left may be in the page cache alone.
  ///
  /// @throws LogException CORRUPT when both slots are damaged, FORMAT_TOO_OLD, FORMAT_TOO_NEW,
  ///   IO_FAILED
  public synchronized Optional<byte[]> load() {
    if (!loaded) {
      guard(() -> {
        read();
        if (record.isPresent()) {
          write(record.get());
          disk.syncDirectory();
        }
      });
      loaded = true;
    }
    return record.map(byte[]::clone);
  }

  /// Replaces the record; durable when it returns.
  ///
  /// @throws LogException IO_FAILED; then the file takes no more saves, because nothing is known
  ///   about what is on the disk until it is opened again
  public synchronized void save(byte[] newRecord) {
    if (newRecord.length > RECORD_BYTES_MAX) {
      throw new IllegalArgumentException(
          "record of %d bytes for %s, at most %d fit"
              .formatted(newRecord.length, name, RECORD_BYTES_MAX));
    }
    var _ = load();
    guard(() -> write(newRecord));
    record = Optional.of(newRecord.clone());
  }

  /// The record as it lies there, changing nothing; empty when there is no file.
  ///
  /// @throws LogException CORRUPT when both slots are damaged, FORMAT_TOO_OLD, FORMAT_TOO_NEW
  static Optional<byte[]> peek(Disk disk, String name) throws IOException {
    try (DiskFile file = disk.open(name, Disk.Access.READ, false)) {
      return newest(file, name).map(slot -> slot.record);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @FunctionalInterface
  private interface Io {
    void run() throws IOException;
  }

  private void guard(Io io) {
    if (failed) {
      throw new LogException(
          LogException.Code.IO_FAILED,
          name + " is closed, or an earlier write of it failed; open it again");
    }
    try {
      io.run();
    } catch (IOException e) {
      failed = true;
      throw new LogException(
          LogException.Code.IO_FAILED, "reading or writing " + name + " failed: " + e, e);
    }
  }

  private void read() throws IOException {
    try {
      file = disk.open(name, Disk.Access.WRITE, false);
    } catch (NoSuchFileException e) {
      return;
    }
    Optional<Slot> newest = newest(file, name);
    record = newest.map(slot -> slot.record);
    sequence = newest.map(slot -> slot.sequence).orElse(0L);
  }

  private static Optional<Slot> newest(DiskFile file, String name) throws IOException {
    Optional<Slot> first = Slot.read(file, 0, name);
    Optional<Slot> second = Slot.read(file, 1, name);
    if (first.isEmpty() && second.isEmpty() && file.sizeBytes() > Slot.DISTANCE) {
      throw new LogException(
          LogException.Code.CORRUPT,
          "Both copies in %s are damaged. Nothing was changed. Restore the file, or %s."
              .formatted(
                  name,
                  name.equals(Identity.FILE)
                      ? "have it made anew from the segments: pulsegate log repair"
                      : "delete it if what it remembers may be forgotten"));
    }
    boolean takeFirst =
        second.isEmpty() || (first.isPresent() && first.get().sequence > second.get().sequence);
    return takeFirst ? first : second;
  }

  private void write(byte[] newRecord) throws IOException {
    DiskFile to = file;
    if (to == null) {
      to = disk.open(name, Disk.Access.CREATE, false);
      file = to;
    }
    boolean isFirst = sequence == 0;
    writeSlot(to, newRecord);
    if (isFirst) {
      writeSlot(to, newRecord);
      disk.syncDirectory();
    }
  }

  /// Sequence n is in slot (n - 1) mod 2, so the slot written is never the valid one.
  private void writeSlot(DiskFile to, byte[] newRecord) throws IOException {
    long next = sequence + 1;
    to.write(new Slot(next, newRecord).encoded(), (next - 1) % 2 * Slot.DISTANCE);
    to.force();
    sequence = next;
  }

  @Override
  public synchronized void close() {
    failed = true;
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new LogException(LogException.Code.IO_FAILED, "closing " + name + " failed: " + e, e);
    }
  }
}
