package io.pulsegate.sinks.s3;

import io.pulsegate.json.JsonWriter;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/// One batch's part of one object: lines of JSON, each ended by a line feed.
///
/// In a staged file: magic, length of the group, length of the lines, first, last, time, CRC32C of
/// group and lines; then these.
record Chunk(Head head, JsonWriter lines) {
  private static final int MAGIC = 0x50_47_43_31;
  private static final int HEAD_BYTES = 40;

  /// What a chunk is about.
  ///
  /// @param group the object's name but for what its range decides ([KeyTemplate])
  /// @param first lowest offset
  /// @param last highest offset
  /// @param receivedAtMicros when the first event was received, in microseconds since 1970
  record Head(String group, long first, long last, long receivedAtMicros) {
    /// Both together.
    Head and(Head other) {
      return new Head(
          group,
          Math.min(first, other.first),
          Math.max(last, other.last),
          Math.min(receivedAtMicros, other.receivedAtMicros));
    }
  }

  void writeTo(DataOutputStream out) throws IOException {
    byte[] group = head.group().getBytes(StandardCharsets.UTF_8);
    var crc = new CRC32C();
    crc.update(group);
    lines.writeTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
    out.writeInt(MAGIC);
    out.writeInt(group.length);
    out.writeInt(lines.sizeBytes());
    out.writeLong(head.first());
    out.writeLong(head.last());
    out.writeLong(head.receivedAtMicros());
    out.writeInt((int) crc.getValue());
    out.write(group);
    lines.writeTo(out);
  }

  /// A chunk as it stands in a file: where its lines begin, and how to check them.
  record Stored(Head head, long linesPosition, int linesBytes, int crc) {
    /// Reads a chunk's head, and leaves its lines.
    ///
    /// @param position of the chunk in its file
    static Stored read(DataInputStream in, long position) throws IOException {
      if (in.readInt() != MAGIC) {
        throw new IOException("a staged file is damaged at byte " + position);
      }
      int groupBytes = in.readInt();
      int linesBytes = in.readInt();
      long first = in.readLong();
      long last = in.readLong();
      long receivedAtMicros = in.readLong();
      int crc = in.readInt();
      String group = new String(in.readNBytes(groupBytes), StandardCharsets.UTF_8);
      return new Stored(
          new Head(group, first, last, receivedAtMicros),
          position + HEAD_BYTES + groupBytes,
          linesBytes,
          crc);
    }

    /// Position behind the lines.
    long end() {
      return linesPosition + linesBytes;
    }

    /// Whether these are the lines that were written.
    boolean holds(byte[] lines) {
      var check = new CRC32C();
      check.update(head.group().getBytes(StandardCharsets.UTF_8));
      check.update(lines);
      return (int) check.getValue() == crc;
    }
  }
}
