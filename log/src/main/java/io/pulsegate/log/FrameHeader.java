package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Head of a frame; layout in [Format]. The fields are those of the last good [#read].
final class FrameHeader {
  static final int MAGIC = 0x52464750; // "PGFR"

  int laneBytes;
  int bodyBytes;
  int count;
  int liveEntries;
  long generation;
  long sequence;
  long firstOffset;
  long receivedMicros;
  long laneEntriesBefore;
  long laneBytesBefore;
  long logEntriesBefore;
  long logBytesBefore;
  long liveBytes;
  int bodyCrc;

  /// Writes header and lane; the body is there already, its checksum among the fields.
  void write(ByteBuffer to, int at, byte[] lane, Checksum checksum) {
    int padded = Format.align8(lane.length);
    to.putInt(at, MAGIC);
    to.putInt(at + 8, Format.VERSION | lane.length << 16);
    to.putInt(at + 12, bodyBytes);
    to.putInt(at + 16, count);
    to.putInt(at + 20, liveEntries);
    to.putLong(at + 24, generation);
    to.putLong(at + 32, sequence);
    to.putLong(at + 40, firstOffset);
    to.putLong(at + 48, receivedMicros);
    to.putLong(at + 56, laneEntriesBefore);
    to.putLong(at + 64, laneBytesBefore);
    to.putLong(at + 72, logEntriesBefore);
    to.putLong(at + 80, logBytesBefore);
    to.putLong(at + 88, liveBytes);
    to.putInt(at + 96, 0);
    to.putInt(at + 100, bodyCrc);
    to.putLong(at + Format.FRAME_HEADER_BYTES + padded - 8, 0);
    to.put(at + Format.FRAME_HEADER_BYTES, lane);
    to.putInt(at + 4, checksum.of(to, at + 8, Format.FRAME_HEADER_BYTES - 8 + padded));
  }

  /// Whether a valid frame header is at `at`, within `available` bytes; only then the fields hold
  /// it.
  boolean read(ByteBuffer from, int at, int available, Checksum checksum) {
    if (available < Format.FRAME_HEADER_BYTES || from.getInt(at) != MAGIC) {
      return false;
    }
    int lane = Short.toUnsignedInt(from.getShort(at + 10));
    if (lane < 1 || lane > Format.LANE_BYTES_MAX) {
      return false;
    }
    int checked = Format.FRAME_HEADER_BYTES - 8 + Format.align8(lane);
    if (checked + 8 > available
        || from.getInt(at + 4) != checksum.of(from, at + 8, checked)
        || from.get(at + 8) != Format.VERSION
        || from.getInt(at + 12) < 0
        || from.getInt(at + 12) > Format.BODY_BYTES_LIMIT) {
      return false;
    }
    readFields(from, at, lane);
    return true;
  }

  private void readFields(ByteBuffer from, int at, int lane) {
    laneBytes = lane;
    bodyBytes = from.getInt(at + 12);
    count = from.getInt(at + 16);
    liveEntries = from.getInt(at + 20);
    generation = from.getLong(at + 24);
    sequence = from.getLong(at + 32);
    firstOffset = from.getLong(at + 40);
    receivedMicros = from.getLong(at + 48);
    laneEntriesBefore = from.getLong(at + 56);
    laneBytesBefore = from.getLong(at + 64);
    logEntriesBefore = from.getLong(at + 72);
    logBytesBefore = from.getLong(at + 80);
    liveBytes = from.getLong(at + 88);
    bodyCrc = from.getInt(at + 100);
  }

  int frameBytes() {
    return Format.frameBytes(laneBytes, bodyBytes);
  }

  long endOffset() {
    return firstOffset + count;
  }

  /// Where the body begins, from the start of the frame.
  int bodyAt() {
    return Format.FRAME_HEADER_BYTES + Format.align8(laneBytes);
  }

  Totals laneAfter() {
    return new Totals(laneEntriesBefore + liveEntries, laneBytesBefore + liveBytes);
  }

  Totals logAfter() {
    return new Totals(logEntriesBefore + liveEntries, logBytesBefore + liveBytes);
  }

  /// The lane of the frame at `at`, whose header these fields are.
  String lane(ByteBuffer from, int at) {
    byte[] utf8 = new byte[laneBytes];
    from.get(at + Format.FRAME_HEADER_BYTES, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /// Whether the frame at `at`, whose header these fields are, is of that lane.
  boolean isOf(byte[] lane, ByteBuffer from, int at) {
    if (lane.length != laneBytes) {
      return false;
    }
    for (int i = 0; i < lane.length; i++) {
      if (from.get(at + Format.FRAME_HEADER_BYTES + i) != lane[i]) {
        return false;
      }
    }
    return true;
  }
}
