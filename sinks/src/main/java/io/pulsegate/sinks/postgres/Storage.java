package io.pulsegate.sinks.postgres;

/// How the rows of the events table are kept.
enum Storage {
  /// Partitioned by time; the sink makes the partitions.
  PARTITIONED,
  /// A hypertable of TimescaleDB, which makes its chunks itself.
  HYPERTABLE,
  /// A table without partitions.
  PLAIN,
  /// A table somebody else made and looks after.
  FOREIGN
}
