package io.pulsegate.sinks.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.Queryable;
import io.pulsegate.api.Queryable.Answer;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuckDbQueryTest {
  private static final CursorKey KEY = new CursorKey("log", "sink", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String ENDLESS =
      "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3";

  /// Sorts some 500 MB.
  private static final String LARGE_SORT =
      "SELECT count(*) FROM (SELECT random() r, uuid() u FROM range(20000000) ORDER BY r)";

  @TempDir Path folder;
  private DuckDbSink sink = DuckDbFixture.sink(Path.of("unused"));
  private CursorRecord at = START;

  @BeforeEach
  void deliverSomeEvents() throws Exception {
    sink = DuckDbFixture.sink(folder);
    Events events =
        Events.of("a")
            .add("e-1", "view", "{\"x\":1,\"s\":\"ü\"}")
            .add("e-2", "buy", "{\"x\":2}")
            .add("e-3", "view", "{\"x\":\"\\ud800\"}", EventFlag.LONE_SURROGATE, draft -> {});
    deliver(events.frame());
  }

  @AfterEach
  void close() {
    sink.close();
  }

  @Test
  void answersWithColumnsAndRows() throws Exception {
    Answer answer =
        sink.query(
            "select event_type, count(*) AS n, min(trace_id) from events group by 1 order by 1;",
            10,
            LONG);

    assertThat(answer)
        .isEqualTo(
            new Answer.Table(
                List.of(
                    Answer.Column.text("event_type"),
                    new Answer.Column("n", Answer.Kind.NUMBER),
                    Answer.Column.text("min(trace_id)")),
                List.of(
                    List.of(Optional.of("buy"), Optional.of("1"), Optional.empty()),
                    List.of(Optional.of("view"), Optional.of("2"), Optional.empty())),
                false));
  }

  @Test
  void showsTimesInUtc() throws Exception {
    assertThat(cells("SELECT received_at, date_trunc('day', received_at) FROM events LIMIT 1"))
        .containsExactly("2026-03-10T12:00:00Z", "2026-03-10T00:00:00Z");
  }

  @Test
  void tellsWhatTheCellsOfEachColumnAre() throws Exception {
    var table =
        (Answer.Table)
            sink.query(
                """
                SELECT 1.50::DECIMAL(9,2), 1::UHUGEINT, true, [1.5, NULL], [['2026-01-01 00:00:00+00'::TIMESTAMPTZ]],
                  {'a': 'x', 'b': [true]}, MAP {'k': 2}, ['{"y":1}'::JSON], '{"x":1}'::JSON,
                  DATE '2026-01-01', 'NaN'::DOUBLE\
                """,
                1,
                LONG);

    assertThat(table.columns().stream().map(Answer.Column::kind))
        .containsExactly(
            Answer.Kind.NUMBER,
            Answer.Kind.NUMBER,
            Answer.Kind.BOOLEAN,
            Answer.Kind.JSON,
            Answer.Kind.JSON,
            Answer.Kind.JSON,
            Answer.Kind.JSON,
            Answer.Kind.JSON,
            Answer.Kind.JSON,
            Answer.Kind.TEXT,
            Answer.Kind.NUMBER);
    assertThat(table.rows().getFirst().stream().map(Optional::orElseThrow))
        .containsExactly(
            "1.50",
            "1",
            "true",
            "[1.5,null]",
            "[[\"2026-01-01T00:00:00Z\"]]",
            "{\"a\":\"x\",\"b\":[true]}",
            "{\"k\":2}",
            "[{\"y\":1}]",
            "{\"x\":1}",
            "2026-01-01",
            "NaN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SHOW TABLES",
        "DESCRIBE events",
        "SUMMARIZE events",
        "FROM events",
        "VALUES (1)",
        "EXPLAIN SELECT * FROM events",
        "explain analyze select 1",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "-- why\nSELECT 1 -- because",
        "SELECT ';'",
      })
  void takesEverythingThatOnlyReads(String sql) throws Exception {
    assertThat(sink.query(sql, 100, LONG)).isInstanceOf(Answer.Table.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM events",
        "WITH x AS (DELETE FROM events RETURNING *) SELECT * FROM x",
        "SELECT 1; DELETE FROM events",
        "SELECT 1) ; COMMIT; DELETE FROM events; (SELECT 1",
        "COMMIT; DELETE FROM events",
        "EXPLAIN ANALYZE DELETE FROM events",
        "EXPLAIN ANALYZE WITH x AS (DELETE FROM events RETURNING *) SELECT * FROM x",
        "EXPLAIN SELECT 1; DELETE FROM events",
        "UPDATE pulsegate_cursors SET head = 0",
        "DROP TABLE events",
        "CREATE TABLE x AS SELECT 1",
        "SET lock_configuration = false",
        "PRAGMA memory_limit = '9GB'",
        "ATTACH 'other.duckdb' AS o",
        "COPY events TO 'stolen.csv'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "FROM '/etc/passwd'",
        "FROM glob('/*')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CALL pragma_version()",
        "",
        ";",
        "not sql",
      })
  void refusesEverythingElse(String sql) throws Exception {
    assertThat(sink.query(sql, 100, LONG)).isInstanceOf(Answer.Failed.class);

    assertThat(cells("SELECT count(*) FROM events")).containsExactly("3");
    assertThat(cells("SELECT max(head) FROM pulsegate_cursors")).containsExactly("3");
    assertThat(folder.toFile().list()).allMatch(name -> name.startsWith("events.duckdb"));
  }

  @Test
  void cutsAtTheRowLimitAndSaysSo() throws Exception {
    var cut = (Answer.Table) sink.query("FROM range(1000000) ORDER BY 1 DESC", 2, LONG);
    var whole = (Answer.Table) sink.query("FROM range(2)", 2, LONG);

    assertThat(cut.truncated()).isTrue();
    assertThat(cut.rows())
        .containsExactly(List.of(Optional.of("999999")), List.of(Optional.of("999998")));
    assertThat(whole.truncated()).isFalse();
  }

  @Test
  void stopsAQueryThatTakesTooLongAndGoesOn() throws Exception {
    assertThat(sink.query(ENDLESS, 1, Duration.ofMillis(200)))
        .isEqualTo(new Answer.Failed("the query was stopped after 200 ms"));

    assertThat(cells("SELECT count(*) FROM events")).containsExactly("3");
    deliver(Events.numbered("a", "more", 1));
  }

  @Test
  void stopsAQueryWhenInterrupted() throws Exception {
    var ended = new ArrayList<Object>();
    Thread asking =
        Thread.ofVirtual()
            .start(() -> {
              try {
                ended.add(sink.query(ENDLESS, 1, LONG));
              } catch (InterruptedException e) {
                ended.add(e);
              }
            });

    asking.interrupt();
    asking.join();

    assertThat(ended).singleElement().isInstanceOf(InterruptedException.class);
  }

  @Test
  void answersManyWhileItWrites() throws Exception {
    try (var executor = Executors.newFixedThreadPool(12)) {
      List<Callable<Answer>> queries = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        queries.add(() -> sink.query("SELECT count(*) % 10 FROM events", 1, LONG));
      }
      for (int i = 0; i < 7; i++) {
        deliver(Events.numbered("a", "w" + i, 1));
      }
      for (int round = 0; round < 3; round++) {
        var answers = queries.stream().map(executor::submit).toList();
        deliver(Events.numbered("a", "r" + round, 10));
        for (var answer : answers) {
          assertThat(answer.get())
              .isInstanceOfSatisfying(
                  Answer.Table.class,
                  table -> assertThat(table.rows()).containsExactly(List.of(Optional.of("0"))));
        }
      }
    }
  }

  @Test
  void queriesWhatWasRepaired() throws Exception {
    assertThat(cells("SELECT payload->>'x' FROM events ORDER BY log_offset"))
        .containsExactly("1", "2", "\ufffd");
    assertThat(cells("SELECT decode(payload_raw) FROM events WHERE event_id = 'e-3'"))
        .containsExactly("{\"x\":\"\\ud800\"}");
  }

  @Test
  void recoversFromAQueryThatBreaksTheDatabase() throws Exception {
    // DuckDB 2.0.0 declares the whole database invalid when json_keys meets half a surrogate pair
    // in a column: here one that the flags missed, so that it was not repaired.
    deliver(Events.of("a").add("missed", "t", "{\"x\":\"\\ud800\"}").frame());
    assertThat(sink.query("SELECT json_keys(payload) FROM events", 10, LONG))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.reason()).containsAnyOf("INTERNAL Error", "FATAL Error"));

    at = claim();
    deliver(Events.numbered("a", "after", 2));
    assertThat(cells("SELECT count(*) FROM events")).containsExactly("6");
  }

  @Test
  void readsTheFileWhileNoServerRuns() throws Exception {
    sink.close();

    try (DuckDbReader reader = DuckDbSink.openReadOnly(folder.resolve("events.duckdb"), 0)) {
      assertThat(cells(reader, "SELECT count(*) FROM events")).containsExactly("3");
      assertThat(reader.query("DELETE FROM events", 1, LONG)).isInstanceOf(Answer.Failed.class);
      assertThat(reader.query("FROM '/etc/passwd'", 1, LONG)).isInstanceOf(Answer.Failed.class);
    }
  }

  @Test
  void readsWhatACrashLeftInTheWriteAheadLog() throws Exception {
    Path copy = folder.resolve("copy");
    Files.createDirectory(copy);
    for (String name : List.of("events.duckdb", "events.duckdb.wal")) {
      Files.copy(folder.resolve(name), copy.resolve(name));
    }

    try (DuckDbReader reader = DuckDbSink.openReadOnly(copy.resolve("events.duckdb"), 0)) {
      assertThat(cells(reader, "SELECT count(*) FROM events")).containsExactly("3");
    }
  }

  @Test
  void saysSoWhereThereIsNoFile() throws Exception {
    try (DuckDbReader reader = DuckDbSink.openReadOnly(folder.resolve("none.duckdb"), 0)) {
      assertThat(reader.query("SELECT 1", 1, LONG))
          .isInstanceOfSatisfying(
              Answer.Failed.class, failed -> assertThat(failed.reason()).contains("none.duckdb"));
    }
  }

  @Test
  void endsAQueryThatPutsMoreAsideThanItMay() throws Exception {
    sink.close();
    Map<String, String> small = Map.of("memory_limit", "64MiB", "temp_limit", "16MiB");
    sink = DuckDbFixture.sink(folder, small);

    assertThat(sink.query(LARGE_SORT, 1, LONG))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed ->
                assertThat(failed.reason())
                    .contains("temp_limit")
                    .doesNotContainIgnoringCase("pragma")
                    .doesNotContain("SET "));
    assertThat(cells("SELECT count(*) FROM events")).containsExactly("3");
  }

  @Test
  void advisesNothingThatIsForbiddenWhereMemoryIsShort() throws Exception {
    sink.close();
    sink = DuckDbFixture.sink(folder, Map.of("memory_limit", "64MiB", "temp_limit", "0"));

    assertThat(sink.query("SELECT list(range::VARCHAR) FROM range(20000000)", 1, LONG))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed ->
                assertThat(failed.reason())
                    .containsAnyOf("memory_limit", "temp_limit")
                    .doesNotContainIgnoringCase("pragma")
                    .doesNotContain("SET "));
  }

  @Test
  void leavesTheLogItsRoomOnTheDisk() throws Exception {
    sink.close();
    sink = DuckDbFixture.sink(folder, Map.of("memory_limit", "64MiB"), Long.MAX_VALUE);

    assertThat(sink.query(LARGE_SORT, 1, LONG))
        .isInstanceOfSatisfying(
            Answer.Failed.class, failed -> assertThat(failed.reason()).contains("the log needs"));
    assertThat(cells("SELECT count(*) FROM events")).containsExactly("3");
  }

  @Test
  void countsTheLinesOfAMistakeAsTheyWereWritten() throws Exception {
    assertThat(sink.query("select nope\nfrom events", 1, LONG))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.reason()).contains("LINE 1: select nope"));
    assertThat(sink.query("select 1,\n  nope\nfrom events", 1, LONG))
        .isInstanceOfSatisfying(
            Answer.Failed.class, failed -> assertThat(failed.reason()).contains("LINE 2:   nope"));
  }

  @Test
  void failsAQueryAfterClosing() throws Exception {
    sink.close();

    assertThat(sink.query("SELECT 1", 1, LONG)).isInstanceOf(Answer.Failed.class);
    assertThat(sink.write(Batches.empty(KEY, at, 10))).isInstanceOf(Unavailable.class);
  }

  private void deliver(Events.Frame frame) throws InterruptedException {
    if (at.fence() == 0) {
      at = claim();
    }
    var batch = Batches.of(KEY, at, frame);
    assertThat(sink.write(batch)).isEqualTo(new Delivered());
    at = batch.cursor().to();
  }

  private CursorRecord claim() throws InterruptedException {
    return ((Claim.Owned) sink.claim(KEY, START)).record();
  }

  private List<String> cells(String sql) throws InterruptedException {
    return cells(sink, sql);
  }

  private static List<String> cells(Queryable database, String sql) throws InterruptedException {
    Answer answer = database.query(sql, 1_000, LONG);
    assertThat(answer).isInstanceOf(Answer.Table.class);
    return ((Answer.Table) answer)
        .rows().stream().flatMap(List::stream).map(cell -> cell.orElse("NULL")).toList();
  }
}
