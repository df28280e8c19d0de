package io.pulsegate.client;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// A stretch of the queue, in the heap or in a mapped file: records one behind the other.
///
/// ```
/// record   int length | int checksum | bytes | padding to 8
/// ```
///
/// The length is stored last, so that a record is either wholly there or not at all when the
/// process is killed. A length of 0 is the end. The checksum (CRC-32C, over the segment's sequence,
/// the length and the bytes) is for what a loss of power leaves; the heap does without.
///
/// Appending is guarded by the outbox's lock; reading belongs to the sender, below an end that it
/// saw under that lock.
final class Segment {
  static final int RECORD_HEADER_BYTES = 8;

  private final ByteBuffer bytes;
  private final int start;
  private final boolean checked;
  private final CRC32C crc = new CRC32C();
  private final ByteBuffer seed = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);

  /// Behind the last record.
  private int end;

  /// Behind the last settled record; the sender's.
  private int settled;

  private Segment(ByteBuffer bytes, int start, long sequence, boolean checked) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.start = start;
    this.checked = checked;
    this.end = start;
    this.settled = start;
    seed.putLong(0, sequence);
  }

  static Segment inHeap(int capacityBytes) {
    return new Segment(ByteBuffer.allocate(capacityBytes), 0, 0, false);
  }

  /// @param sequence the file's, so that what an earlier use left is not taken for a record
  static Segment inFile(ByteBuffer bytes, int start, long sequence) {
    return new Segment(bytes, start, sequence, true);
  }

  ByteBuffer buffer() {
    return bytes;
  }

  /// Bytes that a record takes.
  static int recordBytes(int length) {
    return (RECORD_HEADER_BYTES + length + 7) & ~7;
  }

  boolean hasRoom(int length) {
    return end + recordBytes(length) <= bytes.capacity();
  }

  void append(byte[] source, int length) {
    bytes.put(end + RECORD_HEADER_BYTES, source, 0, length);
    if (checked) {
      bytes.putInt(end + 4, checksum(source, length));
    }
    VarHandle.releaseFence();
    bytes.putInt(end, length);
    end += recordBytes(length);
  }

  int end() {
    return end;
  }

  int settled() {
    return settled;
  }

  void settled(int position) {
    settled = position;
  }

  int lengthAt(int position) {
    return bytes.getInt(position);
  }

  void read(int position, byte[] target, int at) {
    bytes.get(position + RECORD_HEADER_BYTES, target, at, lengthAt(position));
  }

  /// Forgets its records; a segment in the heap only.
  void rewind() {
    end = start;
    settled = start;
  }

  /// After a start: finds the end of what is there.
  ///
  /// @param from a record's position, behind what is settled
  /// @return events found from there on, and whether a damaged record ended the search
  Found scan(int from) {
    int at = from;
    int events = 0;
    while (at + RECORD_HEADER_BYTES <= bytes.capacity()) {
      int length = bytes.getInt(at);
      if (length == 0) {
        break;
      }
      if (length < 0 || length > bytes.capacity() - at - RECORD_HEADER_BYTES || !isWhole(at)) {
        end = at;
        settled = from;
        return new Found(events, bytes.capacity() - at);
      }
      at += recordBytes(length);
      events++;
    }
    end = Math.min(at, bytes.capacity());
    settled = from;
    return new Found(events, 0);
  }

  record Found(int events, int damagedBytes) {}

  private boolean isWhole(int at) {
    int length = bytes.getInt(at);
    byte[] record = new byte[length];
    read(at, record, 0);
    return checksum(record, length) == bytes.getInt(at + 4);
  }

  private int checksum(byte[] record, int length) {
    seed.putInt(8, length);
    crc.reset();
    crc.update(seed.array(), 0, seed.capacity());
    crc.update(record, 0, length);
    return (int) crc.getValue();
  }
}
