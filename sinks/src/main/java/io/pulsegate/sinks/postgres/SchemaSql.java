package io.pulsegate.sinks.postgres;

import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.EventColumn.Kind;
import io.pulsegate.sinks.sql.TableName;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The SQL that makes the events table, as steps: a table of layout version `n` has the steps 1 to
/// `n` behind it. A released step is never changed; what is new is a further step.
final class SchemaSql {
  /// The layout version of this class.
  static final int VERSION = 2;

  static final Map<Kind, String> TYPES =
      Map.of(
          Kind.TEXT, "text",
          Kind.TIME, "timestamp with time zone",
          Kind.JSON, "jsonb",
          Kind.BYTES, "bytea",
          Kind.LONG, "bigint");

  private SchemaSql() {}

  /// The statements of one step.
  ///
  /// @param version from 1 to [#VERSION]
  static List<String> step(
      int version, TableName table, Storage storage, PartitionInterval interval, boolean indexId) {
    return switch (version) {
      case 1 -> tableSql(table, storage, interval);
      case 2 -> indexSql(table, indexId);
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

  private static List<String> tableSql(
      TableName table, Storage storage, PartitionInterval interval) {
    String columns =
        Stream.of(EventColumn.values())
            .map(column ->
                "  %s %s%s"
                    .formatted(
                        column.columnName(),
                        TYPES.getOrDefault(column.kind(), ""),
                        column.isRequired() ? " NOT NULL" : ""))
            .collect(Collectors.joining(",\n"));
    String create = "CREATE TABLE %s (\n%s)".formatted(table.quoted(), columns);
    return switch (storage) {
      case PARTITIONED ->
          List.of(
              create + " PARTITION BY RANGE (received_at)",
              "CREATE TABLE %s PARTITION OF %s DEFAULT"
                  .formatted(table.sibling(table.table() + "_default").quoted(), table.quoted()));
      case HYPERTABLE ->
          List.of(
              create,
              ("SELECT create_hypertable('%s'::regclass, 'received_at',"
                      + " chunk_time_interval => INTERVAL '%s', create_default_indexes => FALSE)")
                  .formatted(
                      table.quoted(),
                      switch (interval) {
                        case DAY -> "1 day";
                        case MONTH -> "1 month";
                      }));
      case FOREIGN -> throw new IllegalArgumentException("a foreign table is not ours to make");
    };
  }

  private static List<String> indexSql(TableName table, boolean indexId) {
    List<String> sql = new ArrayList<>();
    // Rows arrive in the order of received_at, so a BRIN index on it costs next to nothing.
    sql.add(
        "CREATE INDEX \"%s_received_at_idx\" ON %s USING brin (received_at)"
            .formatted(table.table(), table.quoted()));
    if (indexId) {
      sql.add(
          "CREATE INDEX \"%s_event_id_idx\" ON %s (event_id)"
              .formatted(table.table(), table.quoted()));
    }
    return List.copyOf(sql);
  }
}
