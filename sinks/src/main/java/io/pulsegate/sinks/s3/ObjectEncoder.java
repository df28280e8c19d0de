package io.pulsegate.sinks.s3;

import io.pulsegate.sinks.duckdb.ParquetMaker;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/// Makes objects of lines, one object after another, as a format says. One thread.
final class ObjectEncoder implements AutoCloseable {
  private final ObjectFormat format;
  private final ParquetMaker parquet;

  /// An object under way.
  interface Encoding {
    /// Takes whole lines, each ended by a line feed.
    void write(byte[] lines) throws IOException;

    /// Writes what is left; not to be called where the object is to be given up.
    void end() throws IOException;
  }

  /// @param folder for files under way
  /// @param memoryBytes for what has to be kept together
  ObjectEncoder(ObjectFormat format, Path folder, long memoryBytes) {
    this.format = format;
    this.parquet = new ParquetMaker(folder, memoryBytes);
  }

  /// Begins an object; one that was given up is forgotten.
  Encoding begin(OutputStream out) throws IOException {
    return format.isParquet()
        ? new ParquetObject(parquet, format.compression().codec, out)
        : new TextObject(format, out);
  }

  @Override
  public void close() {
    parquet.close();
  }
}
