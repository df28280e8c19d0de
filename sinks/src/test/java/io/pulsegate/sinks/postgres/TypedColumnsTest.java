package io.pulsegate.sinks.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Migratable.Plan;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.sinks.sql.FieldReader;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.Seeds;
import io.pulsegate.testkit.TestPostgres;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Fields of payloads in columns of their own, in a real server.
class TypedColumnsTest {
  private static final CursorKey KEY = new CursorKey("log", "sink", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);

  /// A column of every type, under names that SQL must be given in quotes too.
  private static final String EVERY_TYPE =
      """
      {"a_text": "text", "a_int": "integer", "a_big": "bigint", "a_double": "double",
       "a_numeric": "numeric", "a_bool": "boolean", "time": "timestamp", "a_uuid": "uuid",
       "order": "json", "inner": {"type": "text", "field": "deep.er.name"}}\
      """;

  private final TestPostgres postgres = TestPostgres.shared();
  private String database = "";

  @BeforeEach
  void makeDatabase() {
    database = postgres.newDatabase();
  }

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
         "deep":{"er":{"name":"found"}}}\
        """);
    events.add("empty", "t", "{}");
    events.add(
        "nulls",
        "t",
        """
        {"a_text":null,"a_int":5.0,"a_big":-9223372036854775808,"a_double":-1e300,"a_numeric":1e20,
         "a_bool":false,"order":null,"deep":{"er":"not an object"}}\
        """);
    events.add(
        "twice", "t", "{\"a_int\":1,\"deep\":{\"er\":{\"name\":\"x\"}},\"a_int\":2,\"deep\":{}}");

    write(Map.of("columns", EVERY_TYPE), events.frame());

    assertThat(
            ask(
                """
                SELECT event_id || ' ' || row(a_text, a_int, a_big, a_double, a_numeric, a_bool,
                  "time" AT TIME ZONE 'UTC', a_uuid, "order", "inner")::text FROM events ORDER BY log_offset\
                """))
        .containsExactly(
            "full (\"café \"\"x\"\"\",-2147483648,9223372036854775807,0.1,-12345.678900,t,"
                + "\"2024-01-15 09:30:00.123456\",123e4567-e89b-12d3-a456-426614174000,"
                + "\"{\"\"b\"\": [1, null]}\",found)",
            "empty (,,,,,,,,,)",
            "nulls (,5,-9223372036854775808,-1e+300,100000000000000000000,f,,,,)",
            "twice (,2,,,,,,,,)");
  }

  @Test
  void refusesWhatDoesNotFitWithTheReasonAndWritesTheRest() throws Exception {
    List<String> bad =
        List.of(
            "{\"a_text\":5}",
            "{\"a_text\":\"nul \\u0000\"}",
            "{\"a_text\":\"half \\ud800\"}",
            "{\"a_text\":{\"x\":1}}",
            "{\"a_int\":2147483648}",
            "{\"a_int\":\"5\"}",
            "{\"a_int\":5.5}",
            "{\"a_int\":true}",
            "{\"a_big\":9223372036854775808}",
            "{\"a_big\":1e99}",
            "{\"a_big\":1e99999999999}",
            "{\"a_big\":0.5}",
            "{\"a_double\":1e999}",
            "{\"a_double\":1e-999}",
            "{\"a_double\":\"0.1\"}",
            "{\"a_numeric\":1e999999}",
            "{\"a_numeric\":\"1\"}",
            "{\"a_bool\":1}",
            "{\"a_bool\":\"true\"}",
            "{\"time\":1718000000}",
            "{\"time\":\"yesterday\"}",
            "{\"time\":\"2024-02-30T00:00:00Z\"}",
            "{\"a_uuid\":\"123e4567-e89b-12d3-a456-42661417400\"}",
            "{\"a_uuid\":\"123e4567-e89b-12d3-a456-42661417400g\"}",
            "{\"order\":\"nul \\u0000\"}",
            "{\"deep\":{\"er\":{\"name\":[]}}}");
    var events = Events.of("a");
    var other = Events.of("b");
    Set<Long> expected = new HashSet<>();
    for (int i = 0; i < bad.size(); i++) {
      events.add("good-" + i, "t", "{\"a_int\":" + i + "}");
      events.add("bad-" + i, "t", bad.get(i), flags(bad.get(i)), _ -> {});
      expected.add(2L * i + 1);
    }
    other.add("alone", "t", "{\"a_text\":\"fits\"}");
    Events.Frame[] frames = {events.frame(), other.frame()};

    try (PostgresSink sink = sink(Map.of("columns", EVERY_TYPE))) {
      CursorRecord from = claim(sink);
      List<Rejection> rejections = rejections(sink.write(Batches.of(KEY, from, frames)));

      assertThat(ask("SELECT count(*) FROM events")).containsExactly("0");
      assertThat(rejections)
          .extracting(Rejection::offset)
          .containsExactlyInAnyOrderElementsOf(expected);
      assertThat(rejections)
          .allSatisfy(rejection -> {
            assertThat(rejection.code()).isEqualTo(FieldReader.CODE);
            assertThat(rejection.reason()).startsWith("column ").contains("field ");
            assertThat(rejection.reason()).doesNotContain("yesterday", "1718000000", "nul ");
          });
      assertThat(rejections.getFirst().reason())
          .isEqualTo("column a_text (text) cannot hold a number, which is what field a_text has");
      assertThat(sink.write(Batches.without(KEY, from, expected, frames)))
          .isEqualTo(new Delivered());
    }
    assertThat(ask("SELECT count(*) FROM events")).containsExactly("" + (bad.size() + 1));
  }

  @Test
  void refusesAnEventWithoutWhatIsRequired() throws Exception {
    Map<String, String> settings =
        Map.of("columns", "{\"session_id\":{\"type\":\"text\",\"required\":true}}");
    var events =
        Events.of("a").add("e", "t", "{\"session\":1}").add("n", "t", "{\"session_id\":null}");
    try (PostgresSink sink = sink(settings)) {
      List<Rejection> rejections =
          rejections(sink.write(Batches.of(KEY, claim(sink), events.frame())));
      assertThat(rejections)
          .hasSize(2)
          .allMatch(
              rejection -> rejection.reason().contains("session_id (text) must have a value"));
    }
  }

  @Test
  void findsMisfitsAlsoInABatchThatTheServerRefusesForAnotherReason() throws Exception {
    Map<String, String> settings = Map.of("columns", "{\"n\":\"bigint\"}");
    var events = Events.of("a");
    for (int i = 0; i < 3_000; i++) {
      events.add("e-" + i, i == 5 ? "poison" : "t", i == 2_990 ? "{\"n\":\"x\"}" : "{\"n\":1}");
    }
    Events.Frame frame = events.frame();
    try (PostgresSink sink = sink(settings)) {
      CursorRecord from = claim(sink);
      postgres.execute(
          database, "ALTER TABLE events ADD CONSTRAINT no_poison CHECK (event_type <> 'poison')");
      Set<Long> dead = new TreeSet<>();
      WriteResult result = sink.write(Batches.of(KEY, from, frame));
      for (int i = 0; i < 3 && result instanceof Mixed; i++) {
        rejections(result).forEach(rejection -> dead.add(rejection.offset()));
        result = sink.write(Batches.without(KEY, from, dead, frame));
      }
      assertThat(result).isEqualTo(new Delivered());
      assertThat(dead).containsExactly(5L, 2_990L);
    }
  }

  /// The server's own reading of the text is the reference.
  @Test
  void encodesNumericsAsTheServerReadsThem() throws Exception {
    RandomGenerator random = Seeds.random(1);
    List<String> numbers =
        new ArrayList<>(
            List.of(
                "0", "0.00", "-0", "1e131071", "1e-16383", "10000", "0.0001", "99999999.00010000"));
    for (int i = 0; i < 2_000; i++) {
      var bytes = new byte[random.nextInt(25)];
      random.nextBytes(bytes);
      var number = new BigDecimal(new BigInteger(1, bytes), random.nextInt(-60, 60));
      numbers.add(i % 2 == 0 ? number.toString() : number.negate().toPlainString());
    }
    var events = Events.of("a");
    for (int i = 0; i < numbers.size(); i++) {
      events.add("e-" + i, "t", "{\"n\":" + numbers.get(i) + "}");
    }

    write(Map.of("columns", "{\"n\":\"numeric\"}"), events.frame());

    assertThat(
            ask(
                "SELECT payload->>'n' FROM events WHERE n IS DISTINCT FROM (payload->>'n')::numeric OR n::text <> (payload->>'n')"))
        .isEmpty();
    assertThat(ask("SELECT count(n) FROM events")).containsExactly("" + numbers.size());
  }

  @Test
  void writesIntoATableOfAnotherSystemWithItsColumnsAlone() throws Exception {
    postgres.execute(
        database,
        """
        CREATE TABLE metrics (id bigserial, "time" timestamptz NOT NULL, site text NOT NULL,
          session_id varchar(64), event_type text NOT NULL, lcp_ms double precision)\
        """);
    Map<String, String> settings =
        Map.of(
            "table", "metrics",
            "envelope", "false",
            "columns",
                """
                {"time":{"from":"occurred_at"},"site":{"from":"tenant_id"},"session_id":"text",
                 "event_type":{"from":"event_type"},"lcp_ms":"double"}\
                """);
    write(
        settings,
        Events.of("shop")
            .add("e", "web_vital", "{\"session_id\":\"s\",\"lcp_ms\":1234.5}")
            .frame());

    assertThat(ask("SELECT row(id, site, session_id, event_type, lcp_ms)::text FROM metrics"))
        .containsExactly("(1,shop,s,web_vital,1234.5)");
  }

  @Test
  void cutsATableByWhenEventsHappened() throws Exception {
    Map<String, String> settings =
        Map.of(
            "table", "vitals",
            "envelope", "false",
            "columns", "{\"time\":{\"from\":\"occurred_at\"},\"lcp_ms\":\"double\"}");
    write(settings, Events.of("a").add("e", "t", "{\"lcp_ms\":1}").frame());

    assertThat(ask("SELECT tableoid::regclass::text FROM vitals"))
        .containsExactly("vitals_p202603");
    assertThat(ask("SELECT indexname FROM pg_indexes WHERE tablename = 'vitals'"))
        .containsExactly("vitals_time_idx");
  }

  @Test
  void makesATableWithoutPartitionsWhereNoneAreWanted() throws Exception {
    write(Map.of("partitions", "none"), Events.numbered("a", "e", 3));
    write(Map.of("partitions", "none"), Events.numbered("a", "f", 0 + 2));

    assertThat(ask("SELECT relkind FROM pg_class WHERE relname = 'events'")).containsExactly("r");
    assertThat(ask("SELECT count(*) FROM events")).containsExactly("5");
  }

  @Test
  void changesATableByCommandOnly() throws Exception {
    write(Map.of("columns", "{\"n\":\"integer\"}"), Events.numbered("a", "e", 2));
    Map<String, String> changed =
        Map.of("columns", "{\"n\":\"bigint\",\"label\":{\"type\":\"text\",\"required\":true}}");

    try (PostgresSink sink = sink(changed)) {
      assertThat(sink.claim(KEY, START))
          .isInstanceOfSatisfying(
              Claim.Failed.class,
              failed -> {
                assertThat(failed.unavailable().cause()).isEqualTo(Cause.MISCONFIGURED);
                assertThat(failed.unavailable().reason())
                    .contains("column n is integer and must be bigint")
                    .contains("column label (text) is missing")
                    .contains("./pulsegate migrate");
              });
      Plan.Steps plan = (Plan.Steps) sink.plan();
      assertThat(plan.obstacles()).isEmpty();
      assertThat(plan.statements())
          .containsExactly(
              "ALTER TABLE \"public\".\"events\" ALTER COLUMN \"n\" TYPE bigint",
              "ALTER TABLE \"public\".\"events\" ADD COLUMN \"label\" text");
      assertThat(sink.claim(KEY, START)).isInstanceOf(Claim.Failed.class);

      assertThat(sink.migrate()).isEqualTo(plan);

      assertThat(sink.plan()).isEqualTo(new Plan.Steps(List.of(), List.of()));
      var batch =
          Batches.of(
              KEY,
              claim(sink),
              Events.of("a").add("new", "t", "{\"n\":5000000000,\"label\":\"x\"}").frame());
      assertThat(sink.write(batch)).isEqualTo(new Delivered());
    }
    assertThat(ask("SELECT row(event_id, n, label)::text FROM events ORDER BY log_offset"))
        .containsExactly("(e-0,0,)", "(e-1,1,)", "(new,5000000000,x)");
  }

  @Test
  void leavesToAPersonWhatWouldChangeValues() throws Exception {
    write(Map.of("columns", "{\"n\":\"bigint\"}"), Events.numbered("a", "e", 2));

    try (PostgresSink sink = sink(Map.of("columns", "{\"n\":\"text\",\"m\":\"text\"}"))) {
      Plan.Steps plan = (Plan.Steps) sink.migrate();
      assertThat(plan.obstacles()).singleElement().asString().contains("column n is bigint");
    }
    assertThat(ask("SELECT 1 FROM pg_attribute WHERE attname = 'm'")).isEmpty();
  }

  @Test
  void goesOnWithATableThatHasMoreColumnsThanDeclared() throws Exception {
    write(Map.of("columns", "{\"n\":\"bigint\",\"m\":\"bigint\"}"), Events.numbered("a", "e", 1));
    write(Map.of("columns", "{\"n\":\"bigint\"}"), Events.numbered("a", "f", 1));

    assertThat(ask("SELECT count(n) FROM events")).containsExactly("2");
  }

  /// As intake flags it.
  private static int flags(String payload) {
    byte[] bytes = payload.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    var scanner = new io.pulsegate.json.JsonScanner();
    scanner.reset(bytes, 0, bytes.length);
    scanner.skipValue();
    return Events.flagsOf(scanner.flags());
  }

  private void write(Map<String, String> settings, Events.Frame frame) throws Exception {
    try (PostgresSink sink = sink(settings)) {
      assertThat(sink.write(Batches.of(KEY, claim(sink), frame))).isEqualTo(new Delivered());
    }
  }

  private PostgresSink sink(Map<String, String> settings) {
    return PostgresFixture.sink(postgres.url(database), settings);
  }

  private static CursorRecord claim(PostgresSink sink) throws InterruptedException {
    Claim claim = sink.claim(KEY, START);
    assertThat(claim).isInstanceOf(Claim.Owned.class);
    return ((Claim.Owned) claim).record();
  }

  private static List<Rejection> rejections(WriteResult result) {
    assertThat(result).isInstanceOf(Mixed.class);
    return ((Mixed) result)
        .slices().stream().flatMap(slice -> slice.rejections().stream()).toList();
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
