package io.pulsegate.sinks.postgres;

import io.pulsegate.sinks.sql.CursorTable;
import io.pulsegate.sinks.sql.MigrationSteps;
import io.pulsegate.sinks.sql.MisconfiguredException;
import io.pulsegate.sinks.sql.SchemaTable;
import io.pulsegate.sinks.sql.TableName;
import io.pulsegate.sinks.sql.TableShape;
import io.pulsegate.sinks.sql.TableShape.Found;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The tables in the database: made on first use, brought up from older versions, and checked, each
/// time a connection is opened. Two servers that come at once wait for each other, for this and for
/// any other lock no longer than for one answer of the server: who gives up comes again.
final class PostgresSchema {
  private static final System.Logger LOG = System.getLogger(PostgresSchema.class.getName());

  /// Key of the advisory lock, the same for every PulseGate: "pulsegat" in ASCII.
  static final long LOCK_KEY = 0x70756c7365676174L;

  private final Connection connection;
  private final PostgresConfig config;
  private final TableName table;
  private final SchemaTable versions;
  private final CursorTable cursors;

  /// @param connection without auto-commit and outside a transaction
  PostgresSchema(Connection connection, PostgresConfig config) throws SQLException {
    this.connection = connection;
    this.config = config;
    this.table =
        new TableName(
            Optional.of(config.table().schema().orElse(currentSchema(connection))),
            config.table().table());
    this.versions = new SchemaTable(table.sibling(SchemaTable.NAME));
    this.cursors = new CursorTable(table.sibling(CursorTable.NAME));
  }

  /// The events table with its schema.
  TableName table() {
    return table;
  }

  /// The cursors beside it.
  CursorTable cursors() {
    return cursors;
  }

  /// Makes and mends what must be, and commits.
  Storage prepare() throws SQLException {
    if (!isComplete()) {
      int networkTimeoutMillis = connection.getNetworkTimeout();
      // An index on an older table may take long.
      connection.setNetworkTimeout(Runnable::run, 0);
      complete();
      connection.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
    }
    Storage storage = storage();
    checkShape();
    connection.commit();
    return storage;
  }

  /// Whether nothing is to be done; asked first, as a role that may only insert has no right to do
  /// it.
  private boolean isComplete() throws SQLException {
    return exists(table)
        && exists(table.sibling(CursorTable.NAME))
        && exists(table.sibling(SchemaTable.NAME))
        && version().orElse(SchemaSql.VERSION) == SchemaSql.VERSION;
  }

  private void complete() throws SQLException {
    execute("SET LOCAL lock_timeout = " + config.socketTimeout().toMillis());
    execute("SELECT pg_advisory_xact_lock(" + LOCK_KEY + ")");
    if (!schemaExists()) {
      execute("CREATE SCHEMA \"%s\"".formatted(table.schema().orElseThrow()));
    }
    if (!exists(table.sibling(SchemaTable.NAME))) {
      execute(versions.createSql());
    }
    if (!exists(table.sibling(CursorTable.NAME))) {
      execute(cursors.createSql());
    }
    OptionalInt found = version();
    SchemaTable.refuseNewer(table.toString(), found.orElse(0), SchemaSql.VERSION);
    boolean foreign = found.isEmpty() && exists(table);
    if (!foreign && (found.isEmpty() || found.getAsInt() < SchemaSql.VERSION)) {
      migrate(exists(table) ? found.orElse(0) : 0);
    }
    connection.commit();
  }

  private void migrate(int from) throws SQLException {
    Storage storage = from == 0 ? storageForNew() : storage();
    for (int version = from + 1; version <= SchemaSql.VERSION; version++) {
      for (String sql : SchemaSql.step(version, table, storage, config)) {
        execute(sql);
      }
    }
    versions.record(connection, table.table(), SchemaSql.VERSION);
    LOG.log(
        System.Logger.Level.INFO,
        "PostgreSQL table ready: table={0} storage={1} version={2} from={3}",
        table,
        storage,
        SchemaSql.VERSION,
        from);
  }

  private OptionalInt version() throws SQLException {
    return versions.versionOf(connection, table.table());
  }

  private Storage storageForNew() throws SQLException {
    if (hasTimescale()) {
      return Storage.HYPERTABLE;
    }
    return config.partitions() == PartitionInterval.NONE ? Storage.PLAIN : Storage.PARTITIONED;
  }

  private Storage storage() throws SQLException {
    if (version().isEmpty()) {
      return Storage.FOREIGN;
    }
    char kind = kind();
    return kind == 'p' ? Storage.PARTITIONED : hasTimescale() ? Storage.HYPERTABLE : Storage.PLAIN;
  }

  /// What has to be done to the table so that it has the declared columns.
  MigrationSteps migration() throws SQLException {
    return exists(table)
        ? MigrationSteps.between(table, config.layout(), columns(), SchemaSql.TYPES)
        : MigrationSteps.NONE;
  }

  private void checkShape() throws SQLException {
    char kind = kind();
    if (kind != 'r' && kind != 'p') {
      throw new MisconfiguredException(
          table + " is not a table that rows can be copied into: set another table for the sink");
    }
    Optional<String> fault = TableShape.findFault(config.layout(), columns(), SchemaSql.TYPES);
    if (fault.isPresent()) {
      throw TableShape.refuse(
          table.toString(), fault.get(), "See what ./pulsegate migrate would do about it, change");
    }
  }

  private boolean hasTimescale() throws SQLException {
    return ask("SELECT 1 FROM pg_extension WHERE extname = ?", "timescaledb").isPresent();
  }

  private boolean schemaExists() throws SQLException {
    return ask("SELECT 1 FROM pg_namespace WHERE nspname = ?", table.schema().orElseThrow())
        .isPresent();
  }

  private boolean exists(TableName name) throws SQLException {
    return ask("SELECT to_regclass(?)", name.quoted()).isPresent();
  }

  /// `pg_class.relkind`.
  private char kind() throws SQLException {
    return ask("SELECT relkind FROM pg_class WHERE oid = to_regclass(?)", table.quoted())
        .map(kind -> kind.charAt(0))
        .orElseThrow(() -> new MisconfiguredException("table " + table + " has vanished"));
  }

  private List<Found> columns() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT attname,
              CASE atttypid WHEN 'varchar'::regtype THEN 'text'
                ELSE format_type(atttypid, atttypmod) END,
              attnotnull AND NOT atthasdef AND attidentity = ''
            FROM pg_attribute
            WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
            ORDER BY attnum\
            """)) {
      statement.setString(1, table.quoted());
      List<Found> columns = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          columns.add(new Found(row.getString(1), row.getString(2), row.getBoolean(3)));
        }
      }
      return columns;
    }
  }

  private Optional<String> ask(String sql, String parameter) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, parameter);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String currentSchema(Connection connection) throws SQLException {
    return Optional.ofNullable(connection.getSchema())
        .orElseThrow(() ->
            new MisconfiguredException(
                "no schema of the search_path exists: name one in the sink's table setting"));
  }
}
