package io.pulsegate.sinks.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/// A connection to the server, as far as it can be ended from outside. One thread at a time, but
/// for [#cancel] and [#abort].
final class PostgresLink implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(PostgresLink.class.getName());

  private final Connection connection;
  private final PGConnection postgres;
  private final AtomicReference<Runnable> closed;

  private PostgresLink(Connection connection, Runnable closed) throws SQLException {
    this.connection = connection;
    this.closed = new AtomicReference<>(closed);
    this.postgres = connection.unwrap(PGConnection.class);
  }

  /// Takes no longer than the `connect_timeout`.
  ///
  /// @param closed run once, when it is closed
  static PostgresLink connect(PostgresConfig config, Runnable closed) throws SQLException {
    var defaults = new Properties();
    set(defaults, PGProperty.APPLICATION_NAME, "pulsegate");
    set(defaults, PGProperty.CONNECT_TIMEOUT, config.connectTimeout().toSeconds());
    set(defaults, PGProperty.SOCKET_TIMEOUT, config.socketTimeout().toSeconds());
    set(defaults, PGProperty.TCP_KEEP_ALIVE, true);
    set(defaults, PGProperty.CANCEL_SIGNAL_TIMEOUT, 2);
    // Details quote rows.
    set(defaults, PGProperty.LOG_SERVER_ERROR_DETAIL, false);
    try {
      return new PostgresLink(config.url().connect(defaults), closed);
    } catch (SQLException e) {
      throw PostgresErrors.ofConnect(e, config.url().hosts());
    }
  }

  Connection connection() {
    return connection;
  }

  PGConnection postgres() {
    return postgres;
  }

  /// Asks the server to give up what it does on this connection. Any thread.
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
    closed.getAndSet(() -> {}).run();
  }

  private static void set(Properties properties, PGProperty property, Object value) {
    properties.setProperty(property.getName(), value.toString());
  }
}
