package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.TableName;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The table in ClickHouse, and what its server can do. Looked at once a connection.
final class Schema {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.sinks.clickhouse");
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
  private static final int TOKENS_YEAR = 22;
  private static final int TOKENS_MINOR = 2;

  private final Server server;
  private final TableName table;
  private final boolean createTable;
  private boolean ready;
  private boolean tokens;

  Schema(Server server, TableName table, boolean createTable) {
    this.server = server;
    this.table = table;
    this.createTable = createTable;
  }

  /// Whether the server knows deduplication tokens; after [#prepare].
  boolean hasTokens() {
    return tokens;
  }

  /// The table as SQL takes it.
  String name() {
    return table.schema().map(database -> "`" + database + "`.").orElse("")
        + "`"
        + table.table()
        + "`";
  }

  /// Makes the table where it is missing.
  ///
  /// @return why the sink cannot insert
  Optional<Unavailable> prepare() throws InterruptedException {
    if (ready) {
      return Optional.empty();
    }
    return switch (server.run("SELECT version()")) {
      case Answer.Ok(String version) -> {
        tokens = hasTokens(version);
        yield table();
      }
      case Answer.Later(Unavailable unavailable) -> Optional.of(unavailable);
      case Answer.No no -> Optional.of(misconfigured(no.refused().reason()));
    };
  }

  private Optional<Unavailable> table() throws InterruptedException {
    Answer exists = server.run("EXISTS TABLE " + name());
    if (exists instanceof Answer.Ok(String text) && text.strip().equals("0")) {
      if (!createTable) {
        return Optional.of(misconfigured("table %s does not exist".formatted(table)));
      }
      exists = server.run(createSql());
    }
    return switch (exists) {
      case Answer.Ok _ -> {
        warn();
        ready = true;
        yield Optional.empty();
      }
      case Answer.Later(Unavailable unavailable) -> Optional.of(unavailable);
      case Answer.No no -> Optional.of(misconfigured(no.refused().reason()));
    };
  }

  /// An old server, and a table that forgets tokens at once, may store an insert twice: said, once.
  private void warn() throws InterruptedException {
    if (!tokens) {
      LOGGER.log(
          Level.WARNING,
          "ClickHouse is older than 22.2 and knows no deduplication tokens: an insert whose outcome is not known may be stored twice");
      return;
    }
    Answer engine =
        server.run(
            "SELECT engine_full FROM system.tables WHERE database = %s AND name = '%s'"
                .formatted(
                    table.schema().map(name -> "'" + name + "'").orElse("currentDatabase()"),
                    table.table()));
    if (engine instanceof Answer.Ok(String text)
        && text.startsWith("MergeTree")
        && !text.contains("non_replicated_deduplication_window")) {
      LOGGER.log(
          Level.WARNING,
          "table {0} keeps no deduplication tokens: an insert whose outcome is not known may be stored twice. ALTER TABLE {0} MODIFY SETTING non_replicated_deduplication_window = 1000",
          table);
    }
  }

  static boolean hasTokens(String version) {
    Matcher matcher = VERSION.matcher(version);
    if (!matcher.lookingAt()) {
      return false;
    }
    int year = Integer.parseInt(matcher.group(1));
    return year > TOKENS_YEAR
        || (year == TOKENS_YEAR && Integer.parseInt(matcher.group(2)) >= TOKENS_MINOR);
  }

  /// Ordered for the questions that are asked most: a tenant's events of a type, in time. By month,
  /// in the order of arrival, so that an insert touches one part.
  String createSql() {
    return """
    CREATE TABLE IF NOT EXISTS %s (
      event_id String,
      tenant_id LowCardinality(String),
      event_type LowCardinality(String),
      occurred_at DateTime64(6, 'UTC'),
      received_at DateTime64(6, 'UTC'),
      payload String CODEC(ZSTD(1)),
      payload_raw String,
      source LowCardinality(String),
      dialect LowCardinality(String),
      trace_id String,
      idempotency_key String,
      partition_key String,
      original_time String,
      log_offset UInt64
    ) ENGINE = MergeTree
    PARTITION BY toYYYYMM(received_at)
    ORDER BY (tenant_id, event_type, occurred_at)
    SETTINGS non_replicated_deduplication_window = 1000\
    """
        .formatted(name());
  }

  String insertSql() {
    return "INSERT INTO %s (%s) FORMAT JSONEachRow".formatted(name(), EventColumn.allNames());
  }

  private static Unavailable misconfigured(String reason) {
    return new Unavailable(Cause.MISCONFIGURED, reason, Optional.empty());
  }
}
