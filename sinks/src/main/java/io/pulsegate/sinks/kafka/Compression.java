package io.pulsegate.sinks.kafka;

/// How batches are compressed, as Kafka names it.
enum Compression {
  NONE,
  GZIP,
  SNAPPY,
  LZ4,
  ZSTD
}
