package io.pulsegate.sinks.s3;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/// What an object's bytes are. The same lines always make the same bytes, so that a repeated upload
/// replaces an object by itself.
record ObjectFormat(Kind kind, Compression compression) {
  private static final byte[] OPEN = ascii("[\n");
  private static final byte[] BETWEEN = ascii(",\n");
  private static final byte[] CLOSE = ascii("\n]\n");

  /// How events stand together.
  enum Kind {
    NDJSON,
    JSON
  }

  /// How bytes are compressed.
  enum Compression {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst");

    final String suffix;

    Compression(String suffix) {
      this.suffix = suffix;
    }
  }

  /// For the end of a name, such as `ndjson.gz`.
  String extension() {
    return kind.name().toLowerCase(Locale.ROOT) + compression.suffix;
  }

  /// The header Content-Type. Of a compressed object the compression's, as some clients would
  /// otherwise inflate it unasked.
  String contentType() {
    return switch (compression) {
      case GZIP -> "application/gzip";
      case ZSTD -> "application/zstd";
      case NONE -> kind == Kind.JSON ? "application/json" : "application/x-ndjson";
    };
  }

  /// Takes lines, and writes an object.
  Encoder encoder(OutputStream out) throws IOException {
    OutputStream compressed =
        switch (compression) {
          case NONE -> out;
          case GZIP -> new GZIPOutputStream(out, 1 << 16);
          case ZSTD -> new ZstdOutputStream(out);
        };
    return new Encoder(kind, compressed);
  }

  /// Writes one object; [#close] ends it, and must not be called where it is to be given up.
  static final class Encoder {
    private final Kind kind;
    private final OutputStream out;
    private boolean any;

    private Encoder(Kind kind, OutputStream out) {
      this.kind = kind;
      this.out = out;
    }

    /// Whole lines, each ended by a line feed.
    void write(byte[] lines) throws IOException {
      if (kind == Kind.NDJSON) {
        out.write(lines);
        return;
      }
      int from = 0;
      for (int i = 0; i < lines.length; i++) {
        if (lines[i] == '\n') {
          out.write(any ? BETWEEN : OPEN);
          out.write(lines, from, i - from);
          any = true;
          from = i + 1;
        }
      }
    }

    void close() throws IOException {
      if (kind == Kind.JSON) {
        out.write(CLOSE);
      }
      out.close();
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
