package io.pulsegate.sinks.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Migratable.Plan;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Replayable.Present;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.sinks.sql.FieldReader;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fields of payloads in columns of their own, in a DuckDB file.
class DuckDbColumnsTest {
  private static final CursorKey KEY = new CursorKey("log", "sink", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);

  /// A column of every type, under names that SQL must be given in quotes too.
  private static final String EVERY_TYPE =
      """
      {"a_text": "text", "a_int": "integer", "a_big": "bigint", "a_double": "double",
       "a_numeric": "numeric", "a_bool": "boolean", "time": "timestamp", "a_uuid": "uuid",
       "order": "json", "inner": {"type": "text", "field": "deep.er.name"}}\
      """;

  @TempDir Path folder;

  @Test
  void writesEveryTypeAsItIs() throws Exception {
    var events = Events.of("a");
    events.add(
        "full",
        "t",
        """
        {"a_text":"caf\\u00e9 \\"x\\"","a_int":-2147483648,"a_big":9223372036854775807,"a_double":0.1,
         "a_numeric":-12345.678900,"a_bool":true,"time":"2024-01-15T10:30:00.123456+01:00",
         "a_uuid":"123e4567-E89b-12d3-a456-426614174000","order":{"b":[1,null]},
         "deep":{"er":{"name":"a text that is longer than what DuckDB keeps inline"}}}\
        """);
    events.add("empty", "t", "{}");
    events.add(
        "ends",
        "t",
        """
        {"a_text":null,"a_int":5.0,"a_big":-9223372036854775808,"a_double":-1e300,
         "a_numeric":99999999999999999999999999999.999999999,"a_bool":false,"order":null,
         "a_uuid":"ffffffff-ffff-ffff-ffff-ffffffffffff"}\
        """);

    try (DuckDbSink sink = sink(Map.of("columns", EVERY_TYPE))) {
      write(sink, events.frame());

      assertThat(
              lines(
                  sink,
                  """
                  SELECT concat_ws(' ', event_id, a_text, a_int, a_big, a_double, a_numeric, a_bool,
                    "time", a_uuid, "order", "inner") FROM events ORDER BY log_offset\
                  """))
          .containsExactly(
              "full café \"x\" -2147483648 9223372036854775807 0.1 -12345.678900000 true"
                  + " 2024-01-15 09:30:00.123456+00 123e4567-e89b-12d3-a456-426614174000"
                  + " {\"b\":[1,null]} a text that is longer than what DuckDB keeps inline",
              "empty",
              "ends 5 -9223372036854775808 -1e+300 99999999999999999999999999999.999999999 false"
                  + " ffffffff-ffff-ffff-ffff-ffffffffffff");
    }
  }

  @Test
  void refusesWhatDoesNotFitWithTheReasonAndWritesTheRest() throws Exception {
    var events =
        Events.of("a")
            .add("good", "t", "{\"a_int\":1}")
            .add("text", "t", "{\"a_int\":\"2\"}")
            .add("also good", "t", "{\"a_numeric\":1.5}")
            .add("too fine", "t", "{\"a_numeric\":0.0000000001}")
            .add("too large", "t", "{\"a_numeric\":1e29}");
    Events.Frame frame = events.frame();
    try (DuckDbSink sink = sink(Map.of("columns", EVERY_TYPE))) {
      CursorRecord from = claim(sink);
      WriteResult result = sink.write(Batches.of(KEY, from, frame));

      assertThat(result).isInstanceOf(Mixed.class);
      List<Rejection> rejections =
          ((Mixed) result).slices().stream().flatMap(slice -> slice.rejections().stream()).toList();
      assertThat(rejections).extracting(Rejection::offset).containsExactly(1L, 3L, 4L);
      assertThat(rejections)
          .extracting(Rejection::reason)
          .containsExactly(
              "column a_int (integer) cannot hold a string, which is what field a_int has",
              "column a_numeric (numeric) cannot hold a number with more than 29 digits before the"
                  + " point or 9 behind it, which is what field a_numeric has",
              "column a_numeric (numeric) cannot hold a number with more than 29 digits before the"
                  + " point or 9 behind it, which is what field a_numeric has");
      assertThat(rejections).extracting(Rejection::code).containsOnly(FieldReader.CODE);
      assertThat(lines(sink, "SELECT event_id FROM events")).isEmpty();
      assertThat(sink.claim(KEY, START)).isEqualTo(new Claim.Owned(from.withFence(2)));

      CursorRecord again = claim(sink);
      assertThat(sink.write(Batches.without(KEY, again, Set.of(1L, 3L, 4L), frame)))
          .isEqualTo(new Delivered());
      assertThat(lines(sink, "SELECT event_id FROM events")).containsExactly("good", "also good");
    }
  }

  @Test
  void writesATableWithTheDeclaredColumnsAlone() throws Exception {
    Map<String, String> settings =
        Map.of(
            "table", "metrics",
            "envelope", "false",
            "columns", "{\"time\":{\"from\":\"occurred_at\"},\"lcp_ms\":\"double\"}");
    try (DuckDbSink sink = sink(settings)) {
      write(sink, Events.of("a").add("e", "t", "{\"lcp_ms\":1234.5}").frame());

      assertThat(lines(sink, "SELECT lcp_ms FROM metrics WHERE \"time\" IS NOT NULL"))
          .containsExactly("1234.5");
      assertThat(sink.replays()).containsExactly(Present.AGAIN);
    }
  }

  @Test
  void changesATableByCommandOnly() throws Exception {
    try (DuckDbSink sink = sink(Map.of("columns", "{\"n\":\"integer\"}"))) {
      write(sink, Events.numbered("a", "e", 2));
    }
    // A column of somebody else's, which the new ones come to stand behind.
    prepare("ALTER TABLE events ADD COLUMN note VARCHAR DEFAULT 'x'");
    Map<String, String> changed =
        Map.of("columns", "{\"n\":\"bigint\",\"label\":{\"type\":\"text\",\"required\":true}}");

    try (DuckDbSink sink = sink(changed)) {
      assertThat(sink.claim(KEY, START))
          .isInstanceOfSatisfying(
              Claim.Failed.class,
              failed -> {
                assertThat(failed.unavailable().cause()).isEqualTo(Cause.MISCONFIGURED);
                assertThat(failed.unavailable().reason())
                    .contains("column n is INTEGER and must be BIGINT")
                    .contains("column label (VARCHAR) is missing")
                    .contains("./pulsegate migrate");
              });
      Plan.Steps plan = (Plan.Steps) sink.plan();
      assertThat(plan)
          .isEqualTo(
              new Plan.Steps(
                  List.of(
                      "ALTER TABLE \"events\" ALTER COLUMN \"n\" TYPE BIGINT",
                      "ALTER TABLE \"events\" ADD COLUMN \"label\" VARCHAR"),
                  List.of()));
      assertThat(sink.claim(KEY, START)).isInstanceOf(Claim.Failed.class);

      assertThat(sink.migrate()).isEqualTo(plan);
      assertThat(sink.plan()).isEqualTo(new Plan.Steps(List.of(), List.of()));

      write(sink, Events.of("a").add("new", "t", "{\"n\":5000000000,\"label\":\"x\"}").frame());
      assertThat(
              lines(
                  sink,
                  "SELECT concat_ws(' ', event_id, n, note, label) FROM events ORDER BY event_id"))
          .containsExactly("e-0 0 x", "e-1 1 x", "new 5000000000 x x");
    }
  }

  @Test
  void leavesToAPersonWhatWouldChangeValues() throws Exception {
    try (DuckDbSink sink = sink(Map.of("columns", "{\"n\":\"bigint\"}"))) {
      write(sink, Events.numbered("a", "e", 2));
    }
    try (DuckDbSink sink = sink(Map.of("columns", "{\"n\":\"text\",\"m\":\"text\"}"))) {
      Plan.Steps plan = (Plan.Steps) sink.migrate();
      assertThat(plan.obstacles()).singleElement().asString().contains("column n is BIGINT");
    }
    try (DuckDbSink sink = sink(Map.of("columns", "{\"n\":\"bigint\"}"))) {
      assertThat(claim(sink).head()).isEqualTo(2);
      assertThat(lines(sink, "SELECT column_name FROM (DESCRIBE events)")).doesNotContain("m");
    }
  }

  @Test
  void hasNothingToChangeWhereNothingIsThereYet() throws Exception {
    try (DuckDbSink sink = sink(Map.of("columns", "{\"n\":\"bigint\"}"))) {
      assertThat(sink.migrate()).isEqualTo(new Plan.Steps(List.of(), List.of()));
    }
    assertThat(folder).isEmptyDirectory();
  }

  /// What is there already is known by the event's own columns; the typed ones come with it.
  @Test
  void replaysIntoTypedColumns() throws Exception {
    Events.Frame frame = Events.numbered("a", "e", 2);
    try (DuckDbSink sink = sink(Map.of())) {
      write(sink, frame);
    }
    Map<String, String> settings = Map.of("columns", "{\"n\":\"integer\"}");
    try (DuckDbSink sink = sink(settings)) {
      assertThat(sink.migrate()).isInstanceOf(Plan.Steps.class);
      var replay = sink.replay("again", Present.OVERWRITE);
      CursorKey key = new CursorKey("log", "again", 0);
      CursorRecord from = ((Claim.Owned) replay.claim(key, START)).record();
      assertThat(replay.write(Batches.of(key, from, frame))).isEqualTo(new Delivered());

      assertThat(lines(sink, "SELECT event_id || ' ' || n FROM events ORDER BY event_id"))
          .containsExactly("e-0 0", "e-1 1");
    }
  }

  private DuckDbSink sink(Map<String, String> settings) {
    return DuckDbFixture.sink(folder, settings);
  }

  private static CursorRecord claim(DuckDbSink sink) throws InterruptedException {
    Claim claim = sink.claim(KEY, START);
    assertThat(claim).isInstanceOf(Claim.Owned.class);
    return ((Claim.Owned) claim).record();
  }

  private static void write(DuckDbSink sink, Events.Frame frame) throws InterruptedException {
    assertThat(sink.write(Batches.of(KEY, claim(sink), frame))).isEqualTo(new Delivered());
  }

  private static List<String> lines(DuckDbSink sink, String sql) throws InterruptedException {
    return DuckDbFixture.rows(sink, sql).stream()
        .map(row -> row.getFirst().orElse("NULL"))
        .toList();
  }

  private void prepare(String sql) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:duckdb:" + folder.resolve("events.duckdb"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
