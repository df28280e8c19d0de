package io.pulsegate.sinks.s3;

import io.pulsegate.sinks.duckdb.ParquetMaker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;

/// A row for each line. Nothing is written before the end, as the file is made whole first.
final class ParquetObject implements ObjectEncoder.Encoding {
  private final ParquetMaker maker;
  private final ParquetMaker.Codec codec;
  private final OutputStream out;

  ParquetObject(ParquetMaker maker, ParquetMaker.Codec codec, OutputStream out) throws IOException {
    this.maker = maker;
    this.codec = codec;
    this.out = out;
    maker.begin();
  }

  @Override
  public void write(byte[] lines) throws IOException {
    int from = 0;
    for (int i = 0; i < lines.length; i++) {
      if (lines[i] == '\n') {
        maker.add(lines, from, i);
        from = i + 1;
      }
    }
  }

  @Override
  public void end() throws IOException {
    long _ = Files.copy(maker.finish(codec), out);
  }
}
