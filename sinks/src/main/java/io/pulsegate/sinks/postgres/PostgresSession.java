package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Migratable.Plan;
import io.pulsegate.api.Replayable.Present;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Fenced;
import io.pulsegate.sinks.sql.CursorTable;
import io.pulsegate.sinks.sql.MigrationSteps;
import io.pulsegate.sinks.sql.Rejections;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// A connection that is ready to write. After an exception it is closed and never used again. One
/// thread at a time.
final class PostgresSession {
  private static final System.Logger LOG = System.getLogger(PostgresSession.class.getName());

  private final Connection connection;
  private final PGConnection postgres;
  private final CursorTable cursors;
  private final Optional<Partitions> partitions;
  private final String copySql;
  private final Optional<PostgresMerge> merge;
  private final CopyEncoder encoder;

  /// Prepares the tables, which may take long.
  ///
  /// @param present what becomes of rows that are there already
  PostgresSession(
      PostgresLink link,
      PostgresConfig config,
      Present present,
      InstantSource clock,
      CopyEncoder encoder)
      throws SQLException {
    this.connection = link.connection();
    this.postgres = link.postgres();
    this.encoder = encoder;
    connection.setAutoCommit(false);
    requireDurableCommits(connection);
    var schema = new PostgresSchema(connection, config);
    Storage storage = schema.prepare();
    this.cursors = schema.cursors();
    this.partitions =
        storage == Storage.PARTITIONED
            ? Optional.of(
                new Partitions(
                    schema.table(), config.partitions(), config.layout().timeSource(), clock))
            : Optional.empty();
    this.merge =
        present == Present.AGAIN
            ? Optional.empty()
            : Optional.of(PostgresMerge.open(connection, schema.table(), config.layout(), present));
    this.copySql =
        "COPY %s (%s) FROM STDIN (FORMAT binary)"
            .formatted(
                merge.isPresent() ? PostgresMerge.STAGING : schema.table().quoted(),
                config.layout().quotedNames());
  }

  /// Finds what is to be done to the table, and does it, over a connection of its own.
  static Plan.Steps migration(PostgresConfig config, boolean apply) throws SQLException {
    try (PostgresLink link = PostgresLink.connect(config, () -> {})) {
      Connection connection = link.connection();
      connection.setAutoCommit(false);
      MigrationSteps steps = new PostgresSchema(connection, config).migration();
      if (apply && steps.obstacles().isEmpty()) {
        connection.setNetworkTimeout(Runnable::run, 0);
        try (Statement statement = connection.createStatement()) {
          for (String sql : steps.statements()) {
            statement.execute(sql);
          }
        }
        connection.commit();
      }
      return new Plan.Steps(steps.statements(), steps.obstacles());
    }
  }

  Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine) throws SQLException {
    Claim claim = cursors.claim(connection, key, initial, mine);
    connection.commit();
    return claim;
  }

  /// Writes rows and cursor in one transaction.
  ///
  /// Only what the rows themselves raise is blamed on them: an error of the COPY, and a constraint
  /// that is checked at commit. What moving the cursor raises never is.
  ///
  /// @throws SQLException what is not the rows' fault; whether it is committed is not known
  WriteResult write(Batch batch) throws SQLException {
    if (partitions.isPresent()) {
      partitions.get().prepareFor(batch, connection);
    }
    if (batch.events() > 0) {
      try {
        Rejections misfits = copy(batch, 0, batch.events());
        if (!misfits.isEmpty()) {
          connection.rollback();
          return misfits.of(batch);
        }
      } catch (SQLException e) {
        return blame(batch, PostgresErrors.isAboutRows(e), e);
      }
    }
    if (!cursors.move(connection, batch.cursor())) {
      String reason = cursors.explainRefusal(connection, batch.cursor());
      connection.rollback();
      return new Fenced(reason);
    }
    try {
      connection.commit();
      return new Delivered();
    } catch (SQLException e) {
      return blame(batch, batch.events() > 0 && PostgresErrors.isDeferredConstraint(e), e);
    }
  }

  /// Undoes the transaction and finds out which events the error is about.
  private WriteResult blame(Batch batch, boolean aboutRows, SQLException e) throws SQLException {
    if (!aboutRows) {
      throw e;
    }
    connection.rollback();
    if (!PostgresErrors.isAboutOneRow(e)) {
      return PostgresErrors.refusal(e);
    }
    // The error may have come before all values were looked at.
    Rejections misfits = encoder.check(batch);
    if (!misfits.isEmpty()) {
      return misfits.of(batch);
    }
    return new CulpritSearch(connection, this::copyFitting, batch).find(e);
  }

  /// Copies the events `[from, to)` of the batch, counted from zero.
  ///
  /// @return those that have a value which does not fit its column; the COPY is then given up, and
  ///   the transaction of no use but to be rolled back
  private Rejections copy(Batch batch, int from, int to) throws SQLException {
    if (merge.isPresent()) {
      merge.get().begin();
    }
    CopyIn copy = postgres.getCopyAPI().copyIn(copySql);
    Rejections misfits;
    try {
      misfits = encoder.encode(batch, from, to, copy);
      if (misfits.isEmpty()) {
        copy.endCopy();
      }
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
    if (merge.isPresent() && misfits.isEmpty()) {
      merge.get().finish(batch);
    }
    return misfits;
  }

  /// Copies events that are known to have fitting values.
  private void copyFitting(Batch batch, int from, int to) throws SQLException {
    if (!copy(batch, from, to).isEmpty()) {
      throw new IllegalStateException("an event that fitted does not fit");
    }
  }

  /// A commit that the server forgets in a crash would take the cursor back behind what the log
  /// still holds. What only a person can change is said once.
  private static void requireDurableCommits(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT set_config('synchronous_commit', 'on', false)
                FROM (SELECT current_setting('synchronous_commit') AS now) AS s
                WHERE now = 'off'\
                """)) {
      if (row.next()) {
        LOG.log(
            System.Logger.Level.WARNING,
            "PostgreSQL synchronous_commit was off and is on for this session");
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT current_setting('fsync')")) {
      if (row.next() && row.getString(1).equals("off")) {
        LOG.log(
            System.Logger.Level.WARNING,
            "PostgreSQL runs with fsync=off: it may lose delivered events when the machine fails");
      }
    }
    connection.commit();
  }
}
