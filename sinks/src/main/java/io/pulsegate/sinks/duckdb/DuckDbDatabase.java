package io.pulsegate.sinks.duckdb;

import io.pulsegate.sinks.sql.MisconfiguredException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.duckdb.DuckDBConnection;

/// One DuckDB file, opened when it is needed first. Any thread.
///
/// It is hardened before anything else is done with it: no extension is fetched, no other file is
/// read or written, and the configuration is locked, so that no query can change that.
final class DuckDbDatabase {
  /// Run once on each new connection of the writer.
  @FunctionalInterface
  interface Prepare {
    void run(DuckDBConnection connection) throws SQLException;
  }

  /// What it may take.
  ///
  /// @param tempBytes on disk, for what queries put aside
  /// @param threads for one query
  record Limits(long memoryBytes, long tempBytes, int threads) {}

  private final Path file;
  private final boolean readOnly;
  private final long tempBytes;
  private final Properties options = new Properties();
  private final Prepare prepare;
  private Optional<DuckDBConnection> opened = Optional.empty();
  private boolean ended;

  DuckDbDatabase(Path file, boolean readOnly, Limits limits, Prepare prepare) {
    this.file = file;
    this.readOnly = readOnly;
    this.prepare = prepare;
    this.tempBytes = limits.tempBytes();
    options.setProperty("memory_limit", limits.memoryBytes() / 1024 + "KiB");
    options.setProperty("threads", Integer.toString(limits.threads()));
    options.setProperty("autoinstall_known_extensions", "false");
    options.setProperty("autoload_known_extensions", "false");
    options.setProperty("enable_external_access", "false");
    if (readOnly) {
      options.setProperty("access_mode", "READ_ONLY");
    }
  }

  /// The connection that keeps the file open; for one thread only.
  synchronized DuckDBConnection connection() throws SQLException {
    if (ended) {
      throw new SQLException("the database is closed");
    }
    if (opened.isEmpty()) {
      opened = Optional.of(open());
    }
    return opened.get();
  }

  /// A connection of its own, to be closed by the caller.
  synchronized DuckDBConnection duplicate() throws SQLException {
    return connection().duplicate();
  }

  /// Closes the file as far as it is ours; the next use opens it again. An open transaction is
  /// rolled back.
  synchronized void close() {
    opened.ifPresent(connection -> {
      try {
        connection.close();
      } catch (SQLException alreadyBroken) {
        System.getLogger(DuckDbDatabase.class.getName())
            .log(System.Logger.Level.DEBUG, "closing a broken DuckDB connection", alreadyBroken);
      }
    });
    opened = Optional.empty();
  }

  /// Closes the file and never opens it again.
  synchronized void end() {
    ended = true;
    close();
  }

  private DuckDBConnection open() throws SQLException {
    if (!readOnly) {
      try {
        Files.createDirectories(file.toAbsolutePath().getParent());
      } catch (IOException e) {
        throw new MisconfiguredException("cannot create the folder of " + file + ": " + e);
      }
    }
    var connection = (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:" + file, options);
    try {
      harden(connection);
      prepare.run(connection);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private void harden(DuckDBConnection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (!isLocked(statement)) {
        statement.execute("SET GLOBAL TimeZone = 'UTC'");
        // Else it is most of what is free on the disk, which the log shares. As an option of the
        // connection DuckDB shows it and takes no notice of it.
        statement.execute("SET GLOBAL max_temp_directory_size = '" + tempBytes / 1024 + "KiB'");
        statement.execute("SET lock_configuration = true");
      }
    }
  }

  /// Another sink of this process may have the file open already.
  private static boolean isLocked(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT current_setting('lock_configuration')")) {
      return row.next() && row.getBoolean(1);
    }
  }
}
