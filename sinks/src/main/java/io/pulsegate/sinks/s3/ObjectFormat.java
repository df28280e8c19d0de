package io.pulsegate.sinks.s3;

import io.pulsegate.sinks.duckdb.ParquetMaker;
import java.util.Locale;

/// What an object's bytes are. The same lines always make the same bytes, so that a repeated upload
/// replaces an object by itself.
record ObjectFormat(Kind kind, Compression compression) {
  /// How events stand together.
  enum Kind {
    NDJSON,
    JSON,
    PARQUET
  }

  /// How bytes are compressed: the whole object, or the pages within a Parquet file.
  enum Compression {
    NONE("", ParquetMaker.Codec.UNCOMPRESSED),
    GZIP(".gz", ParquetMaker.Codec.GZIP),
    ZSTD(".zst", ParquetMaker.Codec.ZSTD);

    final String suffix;
    final ParquetMaker.Codec codec;

    Compression(String suffix, ParquetMaker.Codec codec) {
      this.suffix = suffix;
      this.codec = codec;
    }
  }

  /// For the end of a name, such as `ndjson.gz`.
  String extension() {
    return kind.name().toLowerCase(Locale.ROOT) + (isParquet() ? "" : compression.suffix);
  }

  /// Whether it is Parquet.
  boolean isParquet() {
    return kind == Kind.PARQUET;
  }

  /// The header Content-Type. Of a compressed object the compression's, as some clients would
  /// otherwise inflate it unasked.
  String contentType() {
    if (isParquet()) {
      return "application/vnd.apache.parquet";
    }
    return switch (compression) {
      case GZIP -> "application/gzip";
      case ZSTD -> "application/zstd";
      case NONE -> kind == Kind.JSON ? "application/json" : "application/x-ndjson";
    };
  }
}
