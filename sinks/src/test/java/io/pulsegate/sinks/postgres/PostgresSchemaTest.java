package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.sinks.sql.TableName;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.FakeClock;
import io.pulsegate.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresSchemaTest {
  private static final CursorKey KEY = new CursorKey("log", "sink", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);

  private final TestPostgres postgres = TestPostgres.shared();
  private final FakeClock clock = FakeClock.atNoon();
  private String database = "";

  @BeforeEach
  void makeDatabase() {
    database = postgres.newDatabase();
  }

  @Test
  void makesTheTableOnceWhenManyComeAtOnce() throws Exception {
    try (var executor = Executors.newFixedThreadPool(6)) {
      List<Callable<Claim>> claims = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        claims.add(() -> {
          try (PostgresSink sink = sink(Map.of())) {
            return sink.claim(KEY, START);
          }
        });
      }

      var fences = new ArrayList<Long>();
      for (var claim : executor.invokeAll(claims)) {
        assertThat(claim.get()).isInstanceOf(Claim.Owned.class);
        fences.add(((Claim.Owned) claim.get()).record().fence());
      }
      assertThat(fences).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
    }
  }

  @Test
  void canBeInterruptedWhileItWaitsToPrepareTheTable() throws Exception {
    var outcome = new CompletableFuture<Object>();
    try (PostgresSink sink = sink(Map.of());
        Connection other = postgres.connect(database);
        Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + PostgresSchema.LOCK_KEY + ")");
      Thread claiming = Thread.ofVirtual().start(() -> outcome.complete(claimOrInterrupt(sink)));
      awaitWaitingForAdvisoryLock();
      claiming.interrupt();
      assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);

      statement.execute("SELECT pg_advisory_unlock(" + PostgresSchema.LOCK_KEY + ")");
      assertThat(claim(sink).fence()).isEqualTo(1);
    }
  }

  @Test
  void waitsForALockNoLongerThanForAnAnswerWhilePreparing() throws Exception {
    var outcome = new CompletableFuture<Object>();
    try (PostgresSink sink = sink(Map.of("socket_timeout", "1s"));
        Connection other = postgres.connect(database);
        Statement statement = other.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(" + PostgresSchema.LOCK_KEY + ")");
      Thread.startVirtualThread(() -> outcome.complete(claimOrInterrupt(sink)));
      assertThat(outcome.get(20, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              Claim.Failed.class,
              failed -> {
                assertThat(failed.unavailable().cause()).isEqualTo(Cause.OUTAGE);
                assertThat(failed.unavailable().reason()).contains("lock timeout");
              });
      statement.execute("SELECT pg_advisory_unlock(" + PostgresSchema.LOCK_KEY + ")");
      assertThat(claim(sink).fence()).isEqualTo(1);
    }
  }

  private static Object claimOrInterrupt(PostgresSink sink) {
    try {
      return sink.claim(KEY, START);
    } catch (InterruptedException e) {
      return e;
    }
  }

  private void awaitWaitingForAdvisoryLock() throws Exception {
    String waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'advisory' AND datname = current_database()";
    while (!ask(waiting).equals(List.of("1"))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void makesASchemaAndDayPartitionsAheadOfNeed() throws Exception {
    try (PostgresSink sink = sink(Map.of("table", "raw.e", "partitions", "day"))) {
      var from = claim(sink);
      Events.Frame late =
          Events.of("a", Instant.parse("2026-03-11T00:00:01Z")).add("l", "t", "{}").frame();
      assertThat(sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 2), late)))
          .isEqualTo(new Delivered());
    }

    assertThat(
            ask(
                "SELECT tableoid::regclass || ' ' || count(*) FROM raw.e GROUP BY tableoid ORDER BY 1"))
        .containsExactly("raw.e_p20260310 2", "raw.e_p20260311 1");
    assertThat(ask("SELECT to_regclass('raw.e_p20260312')::text"))
        .containsExactly("raw.e_p20260312");
  }

  @Test
  void usesTheDefaultPartitionWhileTheRightOneCannotBeMade() throws Exception {
    try (PostgresSink sink = sink(Map.of());
        Connection other = postgres.connect(database)) {
      CursorRecord from = claim(sink);
      other.setAutoCommit(false);
      try (Statement statement = other.createStatement()) {
        // As a long query does.
        statement.execute("LOCK TABLE events_default IN ACCESS SHARE MODE");
      }
      var first = Batches.of(KEY, from, Events.numbered("a", "e", 3));
      assertThat(sink.write(first)).isEqualTo(new Delivered());
      other.rollback();

      assertThat(ask("SELECT count(*) FROM events_default")).containsExactly("3");
      clock.advance(Duration.ofMinutes(2));
      var second = Batches.of(KEY, first.cursor().to(), Events.numbered("a", "f", 3));
      assertThat(sink.write(second)).isEqualTo(new Delivered());
      assertThat(ask("SELECT count(*) FROM events_default")).containsExactly("6");
      assertThat(ask("SELECT to_regclass('events_p202604')::text"))
          .containsExactly("events_p202604");
    }
  }

  @Test
  void goesOnWhenThePartitionLengthIsChanged() throws Exception {
    CursorRecord at;
    try (PostgresSink sink = sink(Map.of("partitions", "month"))) {
      var batch = Batches.of(KEY, claim(sink), Events.numbered("a", "e", 3));
      assertThat(sink.write(batch)).isEqualTo(new Delivered());
    }
    try (PostgresSink sink = sink(Map.of("partitions", "day"))) {
      at = claim(sink);
      assertThat(sink.write(Batches.of(KEY, at, Events.numbered("a", "f", 3))))
          .isEqualTo(new Delivered());
    }

    assertThat(ask("SELECT count(*) FROM events_p202603")).containsExactly("6");
  }

  @Test
  void bringsAnOlderTableUpToDateAndKeepsItsRows() throws Exception {
    TableName table = TableName.parse("public.events");
    List<String> old =
        new ArrayList<>(
            SchemaSql.step(1, table, Storage.PARTITIONED, PostgresFixture.config(Map.of())));
    old.add(
        "CREATE TABLE pulsegate_schema (table_name text PRIMARY KEY, version integer NOT NULL)");
    old.add("INSERT INTO pulsegate_schema VALUES ('events', 1)");
    old.add(
        "INSERT INTO events VALUES ('old','a','t',now(),now(),'{}',NULL,'http','native',NULL,NULL,NULL,NULL,7)");
    postgres.execute(database, old.toArray(String[]::new));

    try (PostgresSink sink = sink(Map.of("index_event_id", "true"))) {
      assertThat(sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "new", 1))))
          .isEqualTo(new Delivered());
    }

    assertThat(ask("SELECT version FROM pulsegate_schema")).containsExactly("2");
    assertThat(ask("SELECT to_regclass('events_event_id_idx')::text"))
        .containsExactly("events_event_id_idx");
    assertThat(ask("SELECT event_id FROM events ORDER BY 1")).containsExactly("new-0", "old");
  }

  @Test
  void refusesATableOfANewerVersion() throws Exception {
    try (PostgresSink sink = sink(Map.of())) {
      claim(sink);
    }
    postgres.execute(database, "UPDATE pulsegate_schema SET version = 99");

    assertRefused("layout version 99");
  }

  @Test
  void refusesATableOfAnotherShapeAndNamesTheColumns() throws Exception {
    postgres.execute(
        database, "CREATE TABLE events (event_id text, payload json, customer bigint NOT NULL)");

    assertRefused(
        "column payload is json and must be jsonb",
        "column tenant_id (text) is missing",
        "column customer is not one of ours",
        "set another table");
    assertThat(ask("SELECT count(*) FROM events")).containsExactly("0");
  }

  @Test
  void refusesAView() throws Exception {
    postgres.execute(database, "CREATE VIEW events AS SELECT 1 AS event_id");

    assertRefused("is not a table");
  }

  @Test
  void takesATableOfTheRightShapeThatSomebodyElseLooksAfter() throws Exception {
    try (PostgresSink sink = sink(Map.of())) {
      claim(sink);
    }
    postgres.execute(
        database,
        "CREATE TABLE mine (LIKE events INCLUDING ALL)",
        "ALTER TABLE mine ADD COLUMN note text DEFAULT 'x' NOT NULL");

    try (PostgresSink sink = sink(Map.of("table", "mine"))) {
      CursorRecord from = claim(sink);
      assertThat(sink.write(Batches.of(KEY, from, Events.numbered("a", "e", 3))))
          .isEqualTo(new Delivered());
    }
    assertThat(ask("SELECT DISTINCT note FROM mine")).containsExactly("x");
  }

  @Test
  void needsNoRightsBeyondWritingOnceTheTablesAreThere() throws Exception {
    try (PostgresSink sink = sink(Map.of())) {
      claim(sink);
      postgres.execute(
          database,
          "DROP ROLE IF EXISTS writer",
          "CREATE ROLE writer LOGIN",
          "GRANT INSERT, SELECT ON events TO writer",
          "GRANT INSERT, SELECT, UPDATE ON pulsegate_cursors TO writer",
          "GRANT SELECT ON pulsegate_schema TO writer");
    }
    String url = postgres.url(database).replace("postgres@", "writer@");

    try (PostgresSink sink = PostgresFixture.sink(url)) {
      assertThat(sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 3))))
          .isEqualTo(new Delivered());
    }
    assertThat(ask("SELECT count(*) FROM events_default")).containsExactly("3");
    postgres.execute(database, "DROP OWNED BY writer", "DROP ROLE writer");
  }

  private void assertRefused(String... texts) throws InterruptedException {
    try (PostgresSink sink = sink(Map.of())) {
      assertThat(sink.claim(KEY, START))
          .isInstanceOfSatisfying(
              Claim.Failed.class,
              failed -> {
                assertThat(failed.unavailable().cause()).isEqualTo(Cause.MISCONFIGURED);
                assertThat(failed.unavailable().reason()).contains(texts);
              });
    }
  }

  private PostgresSink sink(Map<String, String> settings) {
    return PostgresFixture.sink(postgres.url(database), settings, clock);
  }

  private static CursorRecord claim(PostgresSink sink) throws InterruptedException {
    Claim claim = sink.claim(KEY, START);
    assertThat(claim).isInstanceOf(Claim.Owned.class);
    return ((Claim.Owned) claim).record();
  }

  private List<String> ask(String sql) throws Exception {
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (row.next()) {
        values.add(row.getString(1));
      }
      return values;
    }
  }
}
