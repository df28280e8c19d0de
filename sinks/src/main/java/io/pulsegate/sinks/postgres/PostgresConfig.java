package io.pulsegate.sinks.postgres;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.sinks.sql.Column;
import io.pulsegate.sinks.sql.Column.Origin;
import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.LayoutSettings;
import io.pulsegate.sinks.sql.TableLayout;
import io.pulsegate.sinks.sql.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the PostgreSQL sink.
///
/// @param connectTimeout longest wait for a connection
/// @param socketTimeout longest wait for any one answer of the server, and for a lock
/// @param partitions what one partition of a new table holds
/// @param indexEventId whether a new table gets an index on the event's id
/// @param layout the columns it writes
/// @param pool how many connections
record PostgresConfig(
    PostgresUrl url,
    TableName table,
    Duration connectTimeout,
    Duration socketTimeout,
    PartitionInterval partitions,
    boolean indexEventId,
    TableLayout layout,
    Pool pool) {
  static final Setting<String> URL =
      Setting.string(
              "url",
              "The database, as libpq reads it: postgres://user:password@host:5432/dbname."
                  + " jdbc:postgresql:// works too.")
          .asSecret();
  static final Setting<String> TABLE =
      Setting.string("table", "Table the events go into, with its schema if need be.")
          .orElse("events");
  static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration("connect_timeout", "Longest wait for a connection.").orElse("10s");
  static final Setting<Duration> SOCKET_TIMEOUT =
      Setting.duration(
              "socket_timeout",
              "Longest wait for one answer of the server, and for each lock while the table is"
                  + " prepared.")
          .orElse("60s");
  static final Setting<PartitionInterval> PARTITIONS =
      Setting.choice(
              "partitions",
              PartitionInterval.class,
              "How much time one partition of the table holds; none makes a table without partitions.")
          .orElse("month");
  static final Setting<Boolean> INDEX_EVENT_ID =
      Setting.bool(
              "index_event_id",
              "Whether a table made by the sink gets an index on event_id: finds one event at once,"
                  + " with random ids it halves the speed of delivery.")
          .orElse("false");

  static final Setting<Integer> POOL_SIZE =
      Setting.integer(
              "pool_size",
              1,
              1_000,
              "Most connections that stay open to this database, for all sinks together: each sink"
                  + " needs one. Variable: DATABASE_POOL_SIZE.")
          .orElse("5");
  static final Setting<Integer> MAX_OVERFLOW =
      Setting.integer(
              "max_overflow",
              0,
              1_000,
              "Most connections beside them that are opened for a time: each replay needs one."
                  + " Variable: DATABASE_MAX_OVERFLOW.")
          .orElse("10");

  static final ComponentSpec<PostgresConfig> SPEC =
      new ComponentSpec<>(
          "postgres",
          "Delivers into PostgreSQL or TimescaleDB, exactly once.",
          List.of(
              URL,
              TABLE,
              CONNECT_TIMEOUT,
              SOCKET_TIMEOUT,
              PARTITIONS,
              INDEX_EVENT_ID,
              LayoutSettings.COLUMNS,
              LayoutSettings.ENVELOPE,
              LayoutSettings.TIME_COLUMN,
              POOL_SIZE,
              MAX_OVERFLOW),
          settings ->
              new PostgresConfig(
                  readUrl(settings.get(URL)),
                  TableName.of(settings, TABLE),
                  settings.get(CONNECT_TIMEOUT),
                  settings.get(SOCKET_TIMEOUT),
                  settings.get(PARTITIONS),
                  settings.get(INDEX_EVENT_ID),
                  LayoutSettings.read(settings),
                  new Pool(settings.get(POOL_SIZE), settings.get(MAX_OVERFLOW))));

  /// How many connections to one database.
  ///
  /// @param size those that stay open
  /// @param overflow those that are opened for a time
  record Pool(int size, int overflow) {}

  PostgresConfig {
    requireSecond(CONNECT_TIMEOUT, connectTimeout);
    requireSecond(SOCKET_TIMEOUT, socketTimeout);
    if (indexEventId && idColumn(layout).isEmpty()) {
      throw new IllegalArgumentException(
          INDEX_EVENT_ID.name() + " needs a column that is taken from event_id");
    }
  }

  /// The column that holds the event's id.
  static Optional<Column> idColumn(TableLayout layout) {
    return layout.columns().stream()
        .filter(column -> column.origin().equals(new Origin.Envelope(EventColumn.EVENT_ID)))
        .findFirst();
  }

  private static PostgresUrl readUrl(String text) {
    try {
      return PostgresUrl.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(URL.name() + " " + e.getMessage(), e);
    }
  }

  private static void requireSecond(Setting<Duration> setting, Duration value) {
    if (value.toSeconds() < 1 || value.toSeconds() > 86_400) {
      throw new IllegalArgumentException(
          setting.name() + " is from 1s to 1d, was " + value.toMillis() + "ms");
    }
  }
}
