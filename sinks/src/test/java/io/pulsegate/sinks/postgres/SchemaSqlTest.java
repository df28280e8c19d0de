package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.sinks.sql.TableName;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The text alone. TimescaleDB itself is not exercised by any test of this build.
class SchemaSqlTest {
  private static final TableName TABLE = TableName.parse("raw.events");

  @Test
  void makesAHypertableWhereTimescaleDbIsInstalled() {
    var sql =
        SchemaSql.step(
            1, TABLE, Storage.HYPERTABLE, PostgresFixture.config(Map.of("partitions", "day")));

    assertThat(sql).hasSize(2);
    assertThat(sql.getFirst()).startsWith("CREATE TABLE \"raw\".\"events\" (").endsWith(")");
    assertThat(sql.getLast())
        .isEqualTo(
            "SELECT create_hypertable('\"raw\".\"events\"'::regclass, 'received_at',"
                + " chunk_time_interval => INTERVAL '1 day', create_default_indexes => FALSE)");
  }

  @Test
  void givesPartitionsTheirMonthOrDayInUtc() {
    var justBeforeMidnight = Instant.parse("2026-12-31T23:59:59.999999Z");
    LocalDate month = PartitionInterval.MONTH.startOf(justBeforeMidnight);
    LocalDate day = PartitionInterval.DAY.startOf(justBeforeMidnight);

    assertThat(SchemaSql.partitionSql(TABLE, PartitionInterval.MONTH, month))
        .isEqualTo(
            "CREATE TABLE IF NOT EXISTS \"raw\".\"events_p202612\" PARTITION OF \"raw\".\"events\""
                + " FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')");
    assertThat(SchemaSql.partitionSql(TABLE, PartitionInterval.DAY, day))
        .contains("events_p20261231")
        .contains("FROM ('2026-12-31 00:00:00+00') TO ('2027-01-01 00:00:00+00')");
  }

  @Test
  void leavesOutTheIndexOnIdsWhereItIsNotWanted() {
    assertThat(SchemaSql.step(2, TABLE, Storage.PARTITIONED, PostgresFixture.config(Map.of())))
        .hasSize(1);
    assertThat(
            SchemaSql.step(
                2,
                TABLE,
                Storage.PARTITIONED,
                PostgresFixture.config(Map.of("index_event_id", "true"))))
        .hasSize(2);
  }
}
