package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Migratable;
import io.pulsegate.api.Queryable;
import io.pulsegate.api.Replayable;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Fenced;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.sql.CursorTable;
import io.pulsegate.sinks.sql.SinkThread;
import io.pulsegate.sinks.sql.TableLayout;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.duckdb.DuckDBConnection;

/// Delivers into a table of a DuckDB file, rows and cursor in one transaction, and answers queries
/// on it.
///
/// All writing is done by one thread of its own, as DuckDB's appender belongs to a thread and a
/// native call would hold on to a virtual thread's carrier. Queries run beside it on connections of
/// their own. After an error the file is closed and opened anew, since DuckDB refuses everything
/// after some of them.
public final class DuckDbSink implements CursorKeepingSink, Queryable, Replayable, Migratable {
  private static final DuckDbDatabase.Limits READER_LIMITS =
      new DuckDbDatabase.Limits(512L << 20, 1L << 30, 2);
  private static final Unavailable CLOSED =
      new Unavailable(Cause.OUTAGE, "the sink is closed", Optional.empty());

  private final String table;
  private final TableLayout layout;
  private final CursorTable cursors;
  private final DuckDbSchema schema;
  private final DuckDbDatabase database;
  private final DuckDbQueries queries;
  private final DuckDbMigration migration;
  private final SinkThread thread;
  private volatile boolean stopRequested;

  DuckDbSink(DuckDbConfig config, SinkContext context) {
    this.table = config.table().table();
    this.cursors = new CursorTable(config.table().sibling(CursorTable.NAME));
    this.layout = config.layout();
    this.schema = new DuckDbSchema(config.table(), layout, cursors);
    long memoryBytes =
        config
            .memoryLimitBytes()
            .orElse(Math.max(context.memoryBytes(), DuckDbConfig.MEMORY_BYTES_MIN));
    Path file = config.file(context.dataFolder());
    var limits = new DuckDbDatabase.Limits(memoryBytes, config.tempLimitBytes(), config.threads());
    this.database = new DuckDbDatabase(file, false, limits, schema::prepare);
    this.migration = new DuckDbMigration(file, limits, schema);
    this.thread = new SinkThread(context.name(), () -> stopRequested = true);
    this.queries =
        new DuckDbQueries(
            database::duplicate, this::reopen, new TempSpace(file, context.diskKeepBytes()));
  }

  /// Opens a file for queries while no server has it open. Refused like a query on the sink:
  /// everything but one `SELECT` at a time.
  ///
  /// @param diskKeepBytes what queries leave free on the disk
  public static DuckDbReader openReadOnly(Path file, long diskKeepBytes) {
    return new DuckDbReader(
        new DuckDbDatabase(file, true, READER_LIMITS, connection -> {}),
        new TempSpace(file, diskKeepBytes));
  }

  @Override
  public Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine)
      throws InterruptedException {
    return thread
        .call(() -> claimNow(key, initial, mine))
        .orElseGet(() -> new Claim.Failed(CLOSED));
  }

  @Override
  public WriteResult write(Batch batch) throws InterruptedException {
    return write(batch, Present.AGAIN);
  }

  private WriteResult write(Batch batch, Present present) throws InterruptedException {
    return thread.call(() -> writeNow(batch, present)).orElse(CLOSED);
  }

  /// Whether an event is there already can be found out where the table has what it is known by.
  @Override
  public Set<Present> replays() {
    return layout.hasEnvelope() ? EnumSet.allOf(Present.class) : EnumSet.of(Present.AGAIN);
  }

  /// Writes on the same thread and connection: of two that have the file open, neither could open
  /// it anew after an error.
  @Override
  public CursorKeepingSink replay(String name, Present present) {
    return new CursorKeepingSink() {
      @Override
      public Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine)
          throws InterruptedException {
        return DuckDbSink.this.claim(key, initial, mine);
      }

      @Override
      public WriteResult write(Batch batch) throws InterruptedException {
        return DuckDbSink.this.write(batch, present);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Plan plan() throws InterruptedException {
    return migration(false);
  }

  @Override
  public Plan migrate() throws InterruptedException {
    return migration(true);
  }

  @Override
  public Answer query(String sql, int rowsMax, Duration timeout) throws InterruptedException {
    return queries.query(sql, rowsMax, timeout);
  }

  @Override
  public void close() {
    thread.close(database::end);
  }

  private Claim claimNow(CursorKey key, CursorRecord initial, OptionalLong mine) {
    try {
      return cursors.claim(database.connection(), key, initial, mine);
    } catch (SQLException e) {
      database.close();
      return new Claim.Failed(DuckDbErrors.ofOther(e));
    }
  }

  private Plan migration(boolean apply) throws InterruptedException {
    return thread
        .call(() -> {
          try {
            return migration.run(apply);
          } catch (SQLException e) {
            return new Plan.Failed(DuckDbErrors.ofOther(e).reason());
          }
        })
        .orElseGet(() -> new Plan.Failed(CLOSED.reason()));
  }

  private WriteResult writeNow(Batch batch, Present present) {
    stopRequested = false;
    DuckDBConnection connection;
    try {
      connection = database.connection();
    } catch (SQLException e) {
      return DuckDbErrors.ofOther(e);
    }
    boolean answered = false;
    try {
      WriteResult result = transact(connection, batch, present);
      answered = true;
      return result;
    } catch (SQLException e) {
      return DuckDbErrors.ofOther(e);
    } finally {
      // Whatever was thrown: the next claim must not see what is not committed.
      if (!answered) {
        database.close();
      }
    }
  }

  private WriteResult transact(DuckDBConnection connection, Batch batch, Present present)
      throws SQLException {
    // By hand, as the appender takes no part in the transaction that JDBC would begin.
    execute(connection, "BEGIN TRANSACTION");
    if (!cursors.move(connection, batch.cursor())) {
      String reason = cursors.explainRefusal(connection, batch.cursor());
      execute(connection, "ROLLBACK");
      return new Fenced(reason);
    }
    if (batch.events() > 0) {
      Optional<WriteResult> trouble = append(rows(connection, present), connection, batch);
      if (trouble.isPresent()) {
        return trouble.get();
      }
    }
    execute(connection, "COMMIT");
    return new Delivered();
  }

  /// Brings the rows of a batch into the table, within the open transaction.
  @FunctionalInterface
  private interface Rows {
    /// @return why nothing may be committed
    Optional<WriteResult> append(DuckDBConnection connection, Batch batch, BooleanSupplier stopped)
        throws SQLException;
  }

  private Rows rows(DuckDBConnection connection, Present present) throws SQLException {
    return present == Present.AGAIN
        ? new RowAppender(table, layout, schema.places(connection))::append
        : new DuckDbMerge(table, layout, present)::append;
  }

  /// Only what is raised here may be the rows' fault: neither moving the cursor nor the commit is.
  ///
  /// @return why nothing of the batch is there, and the transaction is over; empty where all is
  ///   appended
  private Optional<WriteResult> append(Rows rows, DuckDBConnection connection, Batch batch)
      throws SQLException {
    Optional<WriteResult> trouble;
    try {
      trouble = rows.append(connection, batch, () -> stopRequested);
    } catch (SQLException e) {
      database.close();
      return Optional.of(DuckDbErrors.ofRows(e));
    }
    if (trouble.isPresent()) {
      execute(connection, "ROLLBACK");
    }
    return trouble;
  }

  /// Closes the file from the thread that owns it. What waits there is done first.
  private void reopen() throws InterruptedException {
    var _ =
        thread.call(() -> {
          database.close();
          return true;
        });
  }

  private static void execute(DuckDBConnection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
