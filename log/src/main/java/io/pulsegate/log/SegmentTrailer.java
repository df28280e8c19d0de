package io.pulsegate.log;

import java.nio.ByteBuffer;
import java.util.Optional;

/// The last page of a sealed segment: its summary, and where the sections of its footer are.
///
/// @param endSequence the sequence after its last frame
/// @param endOffset the offset after its last entry
/// @param totals of all lanes at its end
record SegmentTrailer(
    SegmentHeader header,
    long dataEnd,
    long endOffset,
    long endSequence,
    long lastMicros,
    Totals totals,
    Section index,
    Section lanes,
    Section granules) {

  private static final int AT = 512;
  private static final int FIELDS_BYTES = 6 * 8 + 3 * 16;

  /// A stretch of the footer with a checksum of its own, seeded like those of frames.
  record Section(long position, int bytes, int crc) {
    private void write(ByteBuffer to, int at) {
      to.putLong(at, position);
      to.putInt(at + 8, bytes);
      to.putInt(at + 12, crc);
    }

    private static Section read(ByteBuffer from, int at) {
      return new Section(from.getLong(at), from.getInt(at + 8), from.getInt(at + 12));
    }
  }

  void write(ByteBuffer to, int page) {
    header.write(to, page);
    int at = page + AT;
    Preamble.write(to, at, Preamble.Kind.TRAILER);
    to.putLong(at + 24, dataEnd);
    to.putLong(at + 32, endOffset);
    to.putLong(at + 40, endSequence);
    to.putLong(at + 48, lastMicros);
    to.putLong(at + 56, totals.entries());
    to.putLong(at + 64, totals.bytes());
    index.write(to, at + 72);
    lanes.write(to, at + 88);
    granules.write(to, at + 104);
    to.putInt(at + 20, 0);
    to.putInt(at + 16, header.checksum().of(to, at + 20, FIELDS_BYTES + 4));
  }

  /// Empty when there is none of this segment, or it is damaged.
  static Optional<SegmentTrailer> read(
      ByteBuffer from, int page, SegmentHeader header, String file) {
    int at = page + AT;
    if (!Preamble.check(from, at, Preamble.Kind.TRAILER, file)
        || from.getInt(at + 16) != header.checksum().of(from, at + 20, FIELDS_BYTES + 4)) {
      return Optional.empty();
    }
    return Optional.of(
        new SegmentTrailer(
            header,
            from.getLong(at + 24),
            from.getLong(at + 32),
            from.getLong(at + 40),
            from.getLong(at + 48),
            new Totals(from.getLong(at + 56), from.getLong(at + 64)),
            Section.read(from, at + 72),
            Section.read(from, at + 88),
            Section.read(from, at + 104)));
  }
}
