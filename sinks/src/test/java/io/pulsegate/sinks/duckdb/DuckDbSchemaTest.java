package io.pulsegate.sinks.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbSchemaTest {
  private static final CursorKey KEY = new CursorKey("log", "sink", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);

  @TempDir Path folder;

  @Test
  void keepsTheFileAndTheTableWhereItIsTold() throws Exception {
    Path file = folder.resolve("deep/er/x.duckdb");
    Map<String, String> settings = Map.of("path", file.toString(), "table", "clicks");

    try (DuckDbSink sink = DuckDbFixture.sink(folder, settings)) {
      deliver(sink);
      assertThat(DuckDbFixture.rows(sink, "SELECT * FROM clicks")).hasSize(3);
    }
    assertThat(file).exists();
  }

  @Test
  void refusesATableOfAnotherShape() throws Exception {
    prepare("CREATE TABLE events (event_id VARCHAR, payload VARCHAR)");

    assertRefused("column payload is VARCHAR and must be JSON", "tenant_id (VARCHAR) is missing");
  }

  @Test
  void refusesATableOfANewerVersion() throws Exception {
    try (DuckDbSink sink = DuckDbFixture.sink(folder)) {
      deliver(sink);
    }
    prepare("UPDATE pulsegate_schema SET version = 99");

    assertRefused("layout version 99");
  }

  @Test
  void leavesColumnsBehindItsOwnToTheirDefaults() throws Exception {
    try (DuckDbSink sink = DuckDbFixture.sink(folder)) {
      deliver(sink);
    }
    prepare("ALTER TABLE events ADD COLUMN note VARCHAR DEFAULT 'x'");

    try (DuckDbSink sink = DuckDbFixture.sink(folder)) {
      deliver(sink);
      assertThat(DuckDbFixture.rows(sink, "SELECT * FROM events WHERE note = 'x'")).hasSize(6);
    }
  }

  @Test
  void waitsForAPersonWhereTheFileIsNone() throws Exception {
    Files.writeString(folder.resolve("events.duckdb"), "x".repeat(20_000));

    assertRefused("not a valid DuckDB database file");
  }

  private void assertRefused(String... texts) throws InterruptedException {
    try (DuckDbSink sink = DuckDbFixture.sink(folder)) {
      assertThat(sink.claim(KEY, START))
          .isInstanceOfSatisfying(
              Claim.Failed.class,
              failed -> {
                assertThat(failed.unavailable().cause()).isEqualTo(Cause.MISCONFIGURED);
                assertThat(failed.unavailable().reason()).contains(texts);
              });
    }
  }

  private static void deliver(DuckDbSink sink) throws InterruptedException {
    CursorRecord from = ((Claim.Owned) sink.claim(KEY, START)).record();
    assertThat(sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 3))))
        .isEqualTo(new Delivered());
  }

  private void prepare(String sql) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("events.duckdb"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
