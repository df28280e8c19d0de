package io.pulsegate.sinks.postgres;

import io.pulsegate.sinks.sql.ColumnTypes;
import io.pulsegate.sinks.sql.Decimals;
import io.pulsegate.sinks.sql.EventColumn.Kind;
import io.pulsegate.sinks.sql.TableLayout;
import io.pulsegate.sinks.sql.TableName;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The SQL that makes the events table, as steps: a table of layout version `n` has the steps 1 to
/// `n` behind it. A released step is never changed; what is new is a further step.
final class SchemaSql {
  /// The layout version of this class.
  static final int VERSION = 2;

  static final ColumnTypes TYPES =
      new ColumnTypes(
          Map.of(
              Kind.TEXT, "text",
              Kind.TIME, "timestamp with time zone",
              Kind.JSON, "jsonb",
              Kind.BYTES, "bytea",
              Kind.LONG, "bigint",
              Kind.INTEGER, "integer",
              Kind.DOUBLE, "double precision",
              Kind.NUMERIC, "numeric",
              Kind.BOOLEAN, "boolean",
              Kind.UUID, "uuid"),
          Map.of(
              "smallint", Set.of(Kind.INTEGER, Kind.LONG, Kind.NUMERIC, Kind.DOUBLE),
              "integer", Set.of(Kind.LONG, Kind.NUMERIC, Kind.DOUBLE),
              "bigint", Set.of(Kind.NUMERIC),
              "real", Set.of(Kind.DOUBLE)),
          Decimals.ANY);

  private SchemaSql() {}

  /// The statements of one step.
  ///
  /// @param version from 1 to [#VERSION]
  static List<String> step(int version, TableName table, Storage storage, PostgresConfig config) {
    return switch (version) {
      case 1 -> tableSql(table, storage, config);
      case 2 -> indexSql(table, config);
      default -> throw new IllegalArgumentException("there is no layout version " + version);
    };
  }

  /// Makes the partition that begins on a day.
  static String partitionSql(TableName table, PartitionInterval interval, LocalDate start) {
    return "CREATE TABLE IF NOT EXISTS %s PARTITION OF %s FOR VALUES FROM ('%s 00:00:00+00') TO ('%s 00:00:00+00')"
        .formatted(
            table.sibling(table.table() + interval.suffix(start)).quoted(),
            table.quoted(),
            start,
            interval.next(start));
  }

  private static List<String> tableSql(TableName table, Storage storage, PostgresConfig config) {
    TableLayout layout = config.layout();
    String time = '"' + layout.timeColumn() + '"';
    String columns =
        layout.columns().stream()
            .map(column -> "  " + TYPES.define(column, column.required()))
            .collect(Collectors.joining(",\n"));
    String create = "CREATE TABLE %s (\n%s)".formatted(table.quoted(), columns);
    return switch (storage) {
      case PARTITIONED ->
          List.of(
              create + " PARTITION BY RANGE (" + time + ")",
              "CREATE TABLE %s PARTITION OF %s DEFAULT"
                  .formatted(table.sibling(table.table() + "_default").quoted(), table.quoted()));
      case HYPERTABLE ->
          List.of(
              create,
              ("SELECT create_hypertable('%s'::regclass, '%s',"
                      + " chunk_time_interval => INTERVAL '%s', create_default_indexes => FALSE)")
                  .formatted(
                      table.quoted(),
                      layout.timeColumn(),
                      switch (config.partitions()) {
                        case DAY -> "1 day";
                        case MONTH, NONE -> "1 month";
                      }));
      case PLAIN -> List.of(create);
      case FOREIGN -> throw new IllegalArgumentException("a foreign table is not ours to make");
    };
  }

  private static List<String> indexSql(TableName table, PostgresConfig config) {
    List<String> sql = new ArrayList<>();
    String time = config.layout().timeColumn();
    // Rows arrive about in the order of time, so a BRIN index on it costs next to nothing.
    sql.add(
        "CREATE INDEX \"%s_%s_idx\" ON %s USING brin (\"%s\")"
            .formatted(table.table(), time, table.quoted(), time));
    if (config.indexEventId()) {
      String id = PostgresConfig.idColumn(config.layout()).orElseThrow().name();
      sql.add(
          "CREATE INDEX \"%s_%s_idx\" ON %s (\"%s\")"
              .formatted(table.table(), id, table.quoted(), id));
    }
    return List.copyOf(sql);
  }
}
