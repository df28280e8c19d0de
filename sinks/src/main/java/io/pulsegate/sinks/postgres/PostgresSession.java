package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Fenced;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.sinks.sql.CursorTable;
import io.pulsegate.sinks.sql.EventColumn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;
import org.postgresql.copy.CopyIn;

/// One connection that is ready to write. After an exception it is closed and never used again. One
/// thread at a time, but for [#cancel] and [#abort].
final class PostgresSession implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PostgresSession.class.getName());

  private final Connection connection;
  private final PGConnection postgres;
  private final CursorTable cursors;
  private final Optional<Partitions> partitions;
  private final String copySql;
  private final CopyEncoder encoder;

  private PostgresSession(
      Connection connection, PostgresConfig config, InstantSource clock, CopyEncoder encoder)
      throws SQLException {
    this.connection = connection;
    this.postgres = connection.unwrap(PGConnection.class);
    this.encoder = encoder;
    connection.setAutoCommit(false);
    requireDurableCommits(connection);
    var schema = new PostgresSchema(connection, config);
    Storage storage = schema.prepare();
    this.cursors = schema.cursors();
    this.partitions =
        storage == Storage.PARTITIONED
            ? Optional.of(new Partitions(schema.table(), config.partitions(), clock))
            : Optional.empty();
    this.copySql =
        "COPY %s (%s) FROM STDIN (FORMAT binary)"
            .formatted(schema.table().quoted(), EventColumn.allNames());
  }

  static PostgresSession open(PostgresConfig config, InstantSource clock, CopyEncoder encoder)
      throws SQLException {
    var defaults = new Properties();
    set(defaults, PGProperty.APPLICATION_NAME, "pulsegate");
    set(defaults, PGProperty.CONNECT_TIMEOUT, config.connectTimeout().toSeconds());
    set(defaults, PGProperty.SOCKET_TIMEOUT, config.socketTimeout().toSeconds());
    set(defaults, PGProperty.TCP_KEEP_ALIVE, true);
    set(defaults, PGProperty.CANCEL_SIGNAL_TIMEOUT, 2);
    // Details quote rows.
    set(defaults, PGProperty.LOG_SERVER_ERROR_DETAIL, false);
    Connection connection = config.url().connect(defaults);
    try {
      return new PostgresSession(connection, config, clock, encoder);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  CursorRecord claim(CursorKey key, CursorRecord initial) throws SQLException {
    CursorRecord claimed = cursors.claim(connection, key, initial);
    connection.commit();
    return claimed;
  }

  /// Writes rows and cursor in one transaction.
  ///
  /// @throws SQLException what is not the rows' fault; whether it is committed is not known
  WriteResult write(Batch batch) throws SQLException {
    if (partitions.isPresent()) {
      partitions.get().prepareFor(batch, connection);
    }
    try {
      if (batch.events() > 0) {
        copy(batch);
      }
      if (!cursors.move(connection, batch.cursor())) {
        String reason = cursors.explainRefusal(connection, batch.cursor());
        connection.rollback();
        return new Fenced(reason);
      }
      connection.commit();
      return new Delivered();
    } catch (SQLException e) {
      if (!PostgresErrors.isAboutRows(e)) {
        throw e;
      }
      connection.rollback();
      return refusal(batch, e);
    }
  }

  /// Asks the server to give up what it does for this session. Any thread.
  void cancel() throws SQLException {
    postgres.cancelQuery();
  }

  /// Breaks the connection. Any thread.
  void abort() throws SQLException {
    connection.abort(Runnable::run);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException alreadyBroken) {
      LOG.log(System.Logger.Level.DEBUG, "closing a broken PostgreSQL connection", alreadyBroken);
    }
  }

  private void copy(Batch batch) throws SQLException {
    CopyIn copy = postgres.getCopyAPI().copyIn(copySql);
    try {
      encoder.encode(batch, copy);
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private static WriteResult refusal(Batch batch, SQLException e) {
    OptionalInt line = PostgresErrors.certainLine(e);
    if (line.isEmpty() || line.getAsInt() < 1 || line.getAsInt() > batch.events()) {
      return PostgresErrors.refusal(e);
    }
    EventCursor event = batch.cursorOverEvents();
    for (int i = 0; i < line.getAsInt(); i++) {
      event.next();
    }
    Slice guilty = event.slice();
    var rejection =
        new Rejection(
            event.offset(), PostgresErrors.refusal(e).code(), PostgresErrors.refusalReason(e));
    return new Mixed(
        batch.slices().stream()
            .map(slice ->
                new SliceResult(
                    slice.firstOffset(),
                    slice.equals(guilty) ? List.of(rejection) : List.of(),
                    Optional.empty()))
            .toList());
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

  private static void set(Properties properties, PGProperty property, Object value) {
    properties.setProperty(property.getName(), value.toString());
  }
}
