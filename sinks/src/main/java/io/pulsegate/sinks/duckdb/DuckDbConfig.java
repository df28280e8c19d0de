package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.sinks.sql.LayoutSettings;
import io.pulsegate.sinks.sql.TableLayout;
import io.pulsegate.sinks.sql.TableName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Settings of the DuckDB sink.
///
/// @param path the database file; where empty, `events.duckdb` in the data folder
/// @param memoryLimitBytes what DuckDB may use; where empty, the sink's share of the memory setting
/// @param tempLimitBytes what queries may put aside on disk, all together
/// @param threads how many DuckDB may use for one query
/// @param layout the columns it writes
record DuckDbConfig(
    Optional<String> path,
    TableName table,
    Optional<Long> memoryLimitBytes,
    long tempLimitBytes,
    int threads,
    TableLayout layout) {
  static final Setting<String> PATH =
      Setting.string("path", "The database file. Default: events.duckdb in the data folder.")
          .asOptional();
  static final Setting<String> TABLE =
      Setting.string("table", "Name of the table the events go into.").orElse("events");
  static final Setting<Long> MEMORY_LIMIT =
      Setting.size(
              "memory_limit",
              "Memory DuckDB may use for writing and queries, 64MiB or more. Default: the sink's"
                  + " share of the memory setting.")
          .asOptional();
  static final Setting<Long> TEMP_LIMIT =
      Setting.size(
              "temp_limit",
              "Disk DuckDB may use, beside the file, for what queries sort and group beyond"
                  + " memory_limit. It never goes below what the log needs free.")
          .orElse("1GiB");
  static final Setting<Integer> THREADS =
      Setting.integer(
              "threads",
              1,
              256,
              "Threads DuckDB may use for one query. More than one slow down delivery: whoever"
                  + " waits for them spins.")
          .orElse("1");

  static final ComponentSpec<DuckDbConfig> SPEC =
      new ComponentSpec<>(
          "duckdb",
          "Delivers into a DuckDB file on this machine, exactly once; can be queried in SQL.",
          List.of(
              PATH,
              TABLE,
              MEMORY_LIMIT,
              TEMP_LIMIT,
              THREADS,
              LayoutSettings.COLUMNS,
              LayoutSettings.ENVELOPE),
          settings ->
              new DuckDbConfig(
                  settings.find(PATH),
                  TableName.of(settings, TABLE),
                  settings.find(MEMORY_LIMIT),
                  settings.get(TEMP_LIMIT),
                  settings.get(THREADS),
                  LayoutSettings.read(settings)));

  static final long MEMORY_BYTES_MIN = 64 << 20;

  private static final String FILE_NAME = "events.duckdb";

  DuckDbConfig {
    if (table.schema().isPresent()) {
      throw new IllegalArgumentException("table is a name without a schema, was " + table);
    }
    path.ifPresent(text -> {
      // Says what is wrong with it.
      Path _ = Path.of(text);
    });
    memoryLimitBytes.ifPresent(bytes -> {
      if (bytes < MEMORY_BYTES_MIN) {
        throw new IllegalArgumentException(
            "memory_limit is at least 64MiB, was " + bytes + " bytes");
      }
    });
  }

  /// The database file.
  Path file(Path dataFolder) {
    return path.map(Path::of).orElseGet(() -> dataFolder.resolve(FILE_NAME));
  }
}
