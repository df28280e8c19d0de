package io.pulsegate.sinks.duckdb;

import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.TableLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/// Makes Parquet files of events, one after another, with the columns of the SQL sinks. The same
/// lines make the same bytes with the same release of DuckDB. Rows that do not fit the memory wait
/// in the folder. One thread.
public final class ParquetMaker implements AutoCloseable {
  private static final long MEMORY_MIN_BYTES = 64 << 20;

  /// Each row group is kept in memory until it is whole.
  private static final int ROW_GROUP_ROWS = 65_536;

  /// The door has checked the payload with limits of its own, which are narrower.
  private static final JsonLimits LIMITS = new JsonLimits(1_024, 1 << 20, 1 << 20);

  private static final EventColumn[] COLUMNS = EventColumn.values();

  private final Path folder;
  private final Properties options = new Properties();
  private final JsonScanner scanner = new JsonScanner(LIMITS);
  private final JsonNames names =
      JsonNames.of(Stream.of(COLUMNS).map(EventColumn::columnName).toArray(String[]::new));
  private final Object[] values = new Object[COLUMNS.length];
  private Optional<DuckDBConnection> opened = Optional.empty();
  private Optional<DuckDBAppender> rows = Optional.empty();

  /// How pages are compressed.
  public enum Codec {
    UNCOMPRESSED,
    GZIP,
    ZSTD
  }

  /// @param folder for the file under way and what does not fit the memory
  /// @param memoryBytes for rows; 64 MiB at least are taken
  public ParquetMaker(Path folder, long memoryBytes) {
    this.folder = folder.toAbsolutePath();
    options.setProperty("memory_limit", Math.max(memoryBytes, MEMORY_MIN_BYTES) / 1024 + "KiB");
    // With more the order of rows, and so the bytes, may differ from try to try.
    options.setProperty("threads", "1");
    options.setProperty("autoinstall_known_extensions", "false");
    options.setProperty("autoload_known_extensions", "false");
  }

  /// Begins a file; what was added to another one is forgotten.
  public void begin() throws IOException {
    try {
      closeRows();
      DuckDBConnection connection = connection();
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "CREATE OR REPLACE TABLE events (" + DuckDbSchema.columnsSql(TableLayout.EVENTS) + ")");
      }
      DuckDBAppender appender = connection.createAppender("events");
      appender.setWriteInlinedStrings(true);
      rows = Optional.of(appender);
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  /// Adds an event, written as a JSON object with the columns' names, in `bytes[from, to)`.
  public void add(byte[] bytes, int from, int to) throws IOException {
    read(bytes, from, to);
    DuckDBAppender row = rows.orElseThrow();
    try {
      row.beginRow();
      for (int i = 0; i < values.length; i++) {
        switch (values[i]) {
          case null -> row.appendNull();
          case byte[] text -> row.append(text);
          case Instant time ->
              row.appendEpochMicros(ChronoUnit.MICROS.between(Instant.EPOCH, time));
          case Long number -> row.append(number.longValue());
          default -> throw new IllegalStateException("no value of a column: " + values[i]);
        }
      }
      row.endRow();
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  private void read(byte[] bytes, int from, int to) {
    Arrays.fill(values, null);
    scanner.reset(bytes, from, to);
    scanner.enterObject();
    while (scanner.nextField()) {
      int i = scanner.fieldIn(names);
      if (i >= 0) {
        var _ = scanner.skipValue();
        values[i] =
            switch (COLUMNS[i].kind()) {
              case TIME -> Instant.parse(scanner.text());
              case LONG -> scanner.integerOr(-1);
              case JSON -> Arrays.copyOfRange(bytes, scanner.valueStart(), scanner.valueEnd());
              default -> text();
            };
      }
    }
  }

  private byte[] text() {
    byte[] text = new byte[scanner.textEnd() - scanner.textStart()];
    int length = scanner.copyText(text, 0);
    return length == text.length ? text : Arrays.copyOf(text, length);
  }

  /// Writes the file.
  ///
  /// @return the file, which is there until the next one is finished or this is closed
  public Path finish(Codec codec) throws IOException {
    Path file = folder.resolve("object.parquet");
    try {
      closeRows();
      try (Statement statement = connection().createStatement()) {
        statement.execute(
            "COPY events TO '%s' (FORMAT parquet, COMPRESSION %s, ROW_GROUP_SIZE %d)"
                .formatted(file.toString().replace("'", "''"), codec, ROW_GROUP_ROWS));
        statement.execute("DROP TABLE events");
      }
      return file;
    } catch (SQLException e) {
      throw broken(e);
    }
  }

  private DuckDBConnection connection() throws SQLException, IOException {
    if (opened.isEmpty()) {
      Files.createDirectories(folder);
      var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:", options);
      opened = Optional.of(connection);
      try (Statement statement = connection.createStatement()) {
        String quoted = folder.toString().replace("'", "''");
        statement.execute("SET GLOBAL TimeZone = 'UTC'");
        statement.execute("SET temp_directory = '" + quoted + "/parquet.tmp'");
      }
    }
    return opened.get();
  }

  private void closeRows() throws SQLException {
    if (rows.isPresent()) {
      DuckDBAppender appender = rows.get();
      rows = Optional.empty();
      appender.close();
    }
  }

  /// After an error nothing is known of the connection: the next file has a new one.
  private IOException broken(SQLException e) {
    close();
    return new IOException("a Parquet file could not be made: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    try {
      closeRows();
      if (opened.isPresent()) {
        opened.get().close();
      }
      Files.deleteIfExists(folder.resolve("object.parquet"));
    } catch (SQLException | IOException e) {
      System.getLogger(ParquetMaker.class.getName())
          .log(System.Logger.Level.DEBUG, "closing what makes Parquet files", e);
    } finally {
      opened = Optional.empty();
    }
  }
}
