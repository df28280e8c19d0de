package io.pulsegate.sinks.s3;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/// Lines as they are, or the elements of an array.
final class TextObject implements ObjectEncoder.Encoding {
  private static final byte[] OPEN = ascii("[\n");
  private static final byte[] BETWEEN = ascii(",\n");
  private static final byte[] CLOSE = ascii("\n]\n");

  private final boolean isArray;
  private final OutputStream out;
  private boolean any;

  TextObject(ObjectFormat format, OutputStream out) throws IOException {
    this.isArray = format.kind() == ObjectFormat.Kind.JSON;
    this.out =
        switch (format.compression()) {
          case NONE -> out;
          case GZIP -> new GZIPOutputStream(out, 1 << 16);
          case ZSTD -> new ZstdOutputStream(out);
        };
  }

  @Override
  public void write(byte[] lines) throws IOException {
    if (!isArray) {
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

  @Override
  public void end() throws IOException {
    if (isArray) {
      out.write(CLOSE);
    }
    out.close();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
