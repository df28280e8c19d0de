package io.pulsegate.sinks.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Refused;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose fault an error is, each raised by DuckDB itself.
class DuckDbErrorsTest {
  private static final CursorKey KEY = new CursorKey("log", "sink", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);

  @TempDir Path folder;

  @Test
  void blamesTheRowsForAConstraintOnTheirTable() throws Exception {
    try (DuckDbSink sink = DuckDbFixture.sink(folder)) {
      claim(sink);
    }
    execute("CREATE UNIQUE INDEX one ON events (event_id)");

    try (DuckDbSink sink = DuckDbFixture.sink(folder)) {
      CursorRecord mine = claim(sink);
      assertThat(
              sink.write(
                  Batches.of(
                      KEY, mine, Events.numbered("a", "e", 3), Events.numbered("b", "e", 1))))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.code()).isEqualTo("constraint_error"));
      assertThat(DuckDbFixture.stored(sink)).isEmpty();
      assertThat(sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 3))))
          .isEqualTo(new Delivered());
    }
  }

  @Test
  void blamesNoEventForWhatMovingTheCursorRaises() throws Exception {
    execute(
        """
        CREATE TABLE pulsegate_cursors (
          log_id text NOT NULL, sink text NOT NULL, "partition" integer NOT NULL,
          fence bigint NOT NULL, head bigint NOT NULL CHECK (head < 10),
          delivered bigint NOT NULL, dead_lettered bigint NOT NULL, dropped bigint NOT NULL,
          stragglers text NOT NULL, updated_at timestamptz NOT NULL,
          PRIMARY KEY (log_id, sink, "partition"))\
        """);

    try (DuckDbSink sink = DuckDbFixture.sink(folder)) {
      assertThat(sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10))))
          .isInstanceOfSatisfying(
              Unavailable.class, down -> assertThat(down.cause()).isEqualTo(Cause.OUTAGE));
      assertThat(DuckDbFixture.stored(sink)).isEmpty();
      assertThat(sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 9))))
          .isEqualTo(new Delivered());
    }
  }

  private static CursorRecord claim(DuckDbSink sink) throws InterruptedException {
    return ((Claim.Owned) sink.claim(KEY, START)).record();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("events.duckdb"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
