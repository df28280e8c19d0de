package io.pulsegate.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Durability;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.core.KeyHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigCheckerTest {
  private static final Map<String, SinkFactory<?>> SINKS =
      Map.of(
          "duckdb", new FakeSinkFactory("duckdb", false),
          "postgres", new FakeSinkFactory("postgres", true),
          "kafka", new FakeSinkFactory("kafka", false));

  private static Checked check(
      String document, Map<String, String> flags, Map<String, String> env) {
    return new ConfigChecker(SINKS).check(new ConfigSource(Optional.of(document), flags, env));
  }

  private static ServerConfig valid(
      String document, Map<String, String> flags, Map<String, String> env) {
    Checked checked = check(document, flags, env);
    assertThat(checked).isInstanceOf(Checked.Valid.class);
    return ((Checked.Valid) checked).config();
  }

  private static ServerConfig valid(String document) {
    return valid(document, Map.of(), Map.of());
  }

  private static List<String> problems(String document) {
    Checked checked = check(document, Map.of(), Map.of());
    assertThat(checked).isInstanceOf(Checked.Invalid.class);
    return ((Checked.Invalid) checked).problems().stream().map(Problem::toString).toList();
  }

  @Test
  void hasTheseDefaults() {
    ServerConfig config = valid("");
    assertThat(config.data()).isEqualTo(Path.of("./data"));
    assertThat(config.memoryBytes()).isEqualTo(512L << 20);
    assertThat(config.listener())
        .isEqualTo(new ServerConfig.Listener("127.0.0.1", 8080, false, Duration.ofSeconds(20)));
    assertThat(config.admin())
        .isEqualTo(new ServerConfig.Admin(8081, Optional.empty(), Duration.ZERO, 256L << 20));
    assertThat(config.limits())
        .isEqualTo(new ServerConfig.Limits(10 << 20, 32 << 20, 10_000, 1 << 20, 64));
    assertThat(config.log())
        .isEqualTo(
            new ServerConfig.Log(
                256L << 20, 64L << 20, Duration.ofHours(1), 1L << 40, true, OptionalLong.empty()));
    assertThat(config.tenants())
        .singleElement()
        .satisfies(tenant -> {
          assertThat(tenant.id().value()).isEqualTo("demo");
          assertThat(tenant.keys()).containsExactly(KeyHash.of("demo"));
          assertThat(tenant.durability()).isEqualTo(Durability.DISK);
        });
    assertThat(config.sinks())
        .singleElement()
        .satisfies(sink -> {
          assertThat(sink.name()).isEqualTo("duckdb");
          assertThat(sink.config()).isEqualTo(new FakeSinkFactory.Config("", "events", 2));
        });
  }

  @Test
  void readsEveryKey() {
    ServerConfig config =
        valid(
            """
            data: /var/lib/pulsegate
            memory: 1GiB
            server: {bind: 0.0.0.0, port: 9000, ready_strict: true, stop_timeout: 5s}
            admin: {port: 9001, token: 0123456789abcdef}
            limits: {body: 1MiB, inflated: 2MiB, events: 100, event: 64KiB, depth: 8}
            log: {segment: 32MiB, reserve: 128MiB, backlog: 1GiB}
            delivery: {batch_events: 500, batch_bytes: 1MiB, linger: 1m30s, writes: 2, poison_attempts: 5, transform_timeout: 3s, dead_letter_retention: 30d}
            tenants:
              - id: shop
                keys: [one, "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]
                durability: memory
            sinks:
              main: {type: postgres, url: "postgres://x", table: raw, threads: 4}
            """);
    assertThat(config.data()).isEqualTo(Path.of("/var/lib/pulsegate"));
    assertThat(config.memoryBytes()).isEqualTo(1L << 30);
    assertThat(config.listener())
        .isEqualTo(new ServerConfig.Listener("0.0.0.0", 9000, true, Duration.ofSeconds(5)));
    assertThat(config.admin())
        .isEqualTo(
            new ServerConfig.Admin(
                9001,
                Optional.of(new ServerConfig.Secret("0123456789abcdef")),
                Duration.ZERO,
                256L << 20));
    assertThat(config.limits())
        .isEqualTo(new ServerConfig.Limits(1 << 20, 2 << 20, 100, 64 << 10, 8));
    assertThat(config.log())
        .isEqualTo(
            new ServerConfig.Log(
                32L << 20,
                128L << 20,
                Duration.ofHours(1),
                1L << 40,
                true,
                OptionalLong.of(1L << 30)));
    assertThat(config.delivery())
        .isEqualTo(
            new ServerConfig.Delivery(
                500,
                1 << 20,
                5,
                Duration.ofSeconds(3),
                Duration.ofDays(7),
                Duration.ofDays(30),
                Duration.ofSeconds(90),
                2));
    assertThat(config.tenants())
        .singleElement()
        .satisfies(tenant -> {
          assertThat(tenant.keys()).hasSize(2);
          assertThat(tenant.durability()).isEqualTo(Durability.MEMORY);
        });
    assertThat(config.sinks())
        .singleElement()
        .satisfies(sink ->
            assertThat(sink.config())
                .isEqualTo(new FakeSinkFactory.Config("postgres://x", "raw", 4)));
  }

  @Test
  void reportsAllProblemsWithTheirLinesInOneGo() {
    assertThat(
            problems(
                """
                sever:
                  port: 1
                server:
                  prot: 8080
                  port: many
                tenants:
                  - id: a b
                    keys: [k1]
                  - id: shop
                    keys: [k1]
                  - id: shop
                sinks:
                  x: {type: posgres}
                  y: {type: postgres, tabel: raw}
                """))
        .containsExactly(
            "line 1: unknown key sever; did you mean server?",
            "line 4: unknown key server.prot; did you mean port?",
            "line 5: server.port must be a whole number from 0 to 65535, was \"many\"",
            "line 7: a tenant id is 1 to 64 letters, digits, '_', '-' or '.', beginning with a letter or digit; was \"a b\"",
            "line 10: tenants.shop has a key that tenants.? has already",
            "line 11: the tenant shop stands here a second time, first at line 9",
            "line 13: sinks.x.type: there is no sink \"posgres\"; did you mean postgres?",
            "line 14: unknown key sinks.y.tabel; did you mean table?",
            "line 14: sinks.y.url is missing: Where the database is.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server: {port: 70000}                  | line 1: server.port must be a whole number from 0 to 65535, was "70000"
          memory: 10MiB                          | line 1: memory must be at least 256MiB, was 10MiB
          memory: lots                           | line 1: memory must be a size such as 64MiB, 512k or 1000000, was "lots"
          log: {replay_time: 30m}                | line 1: log.replay_time must be 1h or longer
          limits: {event: 2MiB}                  | line 1: limits.event must be 256 bytes to 1MiB, was 2MiB
          limits: {body: 64MiB}                  | default: limits.inflated must not be smaller than limits.body
          admin: {port: 8080}                    | line 1: admin.port must differ from server.port
          admin: {token: short}                  | line 1: admin.token must be at least 16 visible ASCII characters
          tenants: {}                            | line 1: tenants must be a list, each with id and keys
          data: [a, b]                           | line 1: data must be a single value
          server: 8080                           | line 1: server must hold keys and values
          data: ${NOWHERE}                       | line 1: the environment variable NOWHERE is not set; set it, or write ${NOWHERE:-default}
          'sinks: {Main: {type: duckdb}}'        | line 1: a sink's name is 1 to 32 small letters, digits, '_' or '-', beginning with a letter; was "Main"
          'sinks: {a: {table: x}}'               | line 1: sinks.a needs a type: duckdb, kafka, postgres
          'sinks: {a: {typ: postgres, url: x}}'  | line 1: unknown key sinks.a.typ; did you mean type?
          'server: {bind: 0.0.0.0}'              | line 1: the well-known key "demo" may be used on loopback only, not on 0.0.0.0; set PULSEGATE_KEY to a key of your own, or name tenants in the configuration
          - a                                    | line 1: the file must hold keys and values, such as data: ./data
          """)
  void saysWhatIsWrong(String document, String problem) {
    assertThat(problems(document)).containsExactly(problem);
  }

  @Test
  void hidesNoMistakeBehindAnother() {
    assertThat(
            problems(
                """
                tenants:
                  - {id: a, keys: [k], routes: [{name: r, transform: [{name: pii_scruber}], sinks: [{name: w}, {name: postgres_sink}]}]}
                  - {id: b, keys: k, routes: [{name: r, sinks: [{name: x}]}]}
                sinks:
                  w: {typ: postgres, urll: x}
                  v: {type: posgres, urll: x}
                  x: {type: postgres, url: x, urll: x}
                """))
        .containsExactly(
            "line 2: tenants.a.routes.transform: there is no transform \"pii_scruber\"; did you mean pii_scrubber?",
            "line 3: tenants.b.keys must be a list, such as [KEY]",
            "line 5: unknown key sinks.w.typ; did you mean type?",
            "line 5: unknown key sinks.w.urll; did you mean url?",
            "line 6: sinks.v.type: there is no sink \"posgres\"; did you mean postgres?",
            "line 6: unknown key sinks.v.urll; did you mean url?",
            "line 7: unknown key sinks.x.urll; did you mean url?");
  }

  @Test
  void refusesTwoSinksThatWriteIntoOnePlace() {
    assertThat(
            problems(
                """
                data: d
                sinks:
                  a: {type: duckdb}
                  b: {type: duckdb, table: other}
                  c: {type: duckdb, table: events, threads: 4}
                """))
        .containsExactly(
            "line 5: sinks.a and sinks.c both write into d events: every event would be stored twice; leave one out, or give it a table of its own");
  }

  @Test
  void suggestsOnlyWhatIsNear() {
    assertThat(Nearest.hint("zz", List.of("a"))).isEqualTo("; known here: a");
    assertThat(Nearest.hint("b", List.of("a"))).isEqualTo("; known here: a");
    assertThat(Nearest.hint("typ", List.of("type", "url"))).isEqualTo("; did you mean type?");
    assertThat(Nearest.hint("ulr", List.of("type", "url"))).isEqualTo("; did you mean url?");
    assertThat(Nearest.hint("prot", List.of("port", "bind"))).isEqualTo("; did you mean port?");
  }

  @Test
  void saysWhereTheFileIsNoYaml() {
    assertThat(problems("server:\n  port: [1, 2\nx: y\n"))
        .singleElement()
        .asString()
        .startsWith("line 3: is not YAML:");
  }

  @Test
  void refusesKeysThatStandTwice() {
    assertThat(problems("data: a\nmemory: 1GiB\ndata: b\n"))
        .containsExactly("line 3: data stands here a second time, first at line 1");
  }

  @Test
  void refusesADocumentThatHoldsItself() {
    assertThat(problems("tenants: &a\n  - *a\n")).isNotEmpty();
  }

  @Test
  void expandsEnvironmentVariables() {
    ServerConfig config =
        valid(
            "data: ${BASE}/x${EMPTY:-}\nmemory: ${MEMORY:-300MiB}\nsinks: {d: {type: duckdb, table: '$${A}'}}",
            Map.of(),
            Map.of("BASE", "/srv"));
    assertThat(config.data()).isEqualTo(Path.of("/srv/x"));
    assertThat(config.memoryBytes()).isEqualTo(300L << 20);
    assertThat(config.sinks())
        .singleElement()
        .satisfies(
            sink -> assertThat(sink.config()).isEqualTo(new FakeSinkFactory.Config("", "${A}", 2)));
  }

  @Test
  void refusesAFlagWhoseVariableWasNotSet() {
    assertThat(check("", Map.of("--data", ""), Map.of()))
        .isEqualTo(
            new Checked.Invalid(
                List.of(new Problem("--data", "data must name a folder, was empty"))));
  }

  @Test
  void putsFlagsBeforeVariablesBeforeTheFile() {
    String document = "server: {port: 1}";
    assertThat(valid(document).listener().port()).isEqualTo(1);
    assertThat(valid(document, Map.of(), Map.of("PORT", "2")).listener().port()).isEqualTo(2);
    assertThat(valid(document, Map.of("--port", "3"), Map.of("PORT", "2")).listener().port())
        .isEqualTo(3);
  }

  @Test
  void takesDatabaseUrlWhereTheFileNamesNoSink() {
    Map<String, String> environment = Map.of("DATABASE_URL", "postgres://u:secret@h/db");
    ServerConfig config = valid("", Map.of(), environment);
    assertThat(config.sinks())
        .singleElement()
        .satisfies(sink ->
            assertThat(sink.config())
                .isEqualTo(new FakeSinkFactory.Config("postgres://u:secret@h/db", "events", 2)));
    ServerConfig named = valid("sinks: {d: {type: duckdb}}", Map.of(), environment);
    assertThat(named.sinks())
        .singleElement()
        .satisfies(sink -> assertThat(sink.name()).isEqualTo("d"));
    assertThat(named.warnings()).hasSize(1);
  }

  @Test
  void takesKafkaFromTheEnvironmentWhereTheFileNamesNoSink() {
    var kafka =
        valid(
            "",
            Map.of(),
            Map.of("KAFKA_BOOTSTRAP_SERVERS", "b:9092", "KAFKA_TABLE", "t", "KAFKA_THREADS", "3"));
    assertThat(kafka.sinks())
        .singleElement()
        .satisfies(sink -> {
          assertThat(sink.name()).isEqualTo("kafka");
          assertThat(sink.config()).isEqualTo(new FakeSinkFactory.Config("", "t", 3));
        });
    var both =
        valid("", Map.of(), Map.of("KAFKA_BROKERS", "b:9092", "DATABASE_URL", "postgres://h/db"));
    assertThat(both.sinks())
        .extracting(ServerConfig.SinkEntry::name)
        .containsExactly("postgres", "kafka");
  }

  @Test
  void countsMaxBufferSizeMbInMebibytes() {
    assertThat(valid("", Map.of(), Map.of("MAX_BUFFER_SIZE_MB", "100")).log().backlogBytesMax())
        .hasValue(100L << 20);
    Checked none = check("", Map.of(), Map.of("MAX_BUFFER_SIZE_MB", "0"));
    assertThat(none)
        .isInstanceOfSatisfying(
            Checked.Invalid.class,
            invalid ->
                assertThat(invalid.problems().toString())
                    .contains("log.backlog must be at least 1MiB"));
  }

  @Test
  void takesTheDataFolderFromBufferDirLast() {
    Map<String, String> both = Map.of("BUFFER_DIR", "/b", "PULSEGATE_DATA", "/d");
    assertThat(valid("", Map.of(), Map.of("BUFFER_DIR", "/b")).data()).isEqualTo(Path.of("/b"));
    assertThat(valid("", Map.of(), both).data()).isEqualTo(Path.of("/d"));
    assertThat(valid("", Map.of("--data", "/f"), both).data()).isEqualTo(Path.of("/f"));
  }

  @Test
  void opensOtherAddressesWithAKeyOfOnesOwn() {
    ServerConfig config =
        valid("", Map.of("--bind", "0.0.0.0"), Map.of("PULSEGATE_KEY", "my-own-key"));
    assertThat(config.tenants().getFirst().keys()).containsExactly(KeyHash.of("my-own-key"));
  }

  @Test
  void neverShowsSecrets() {
    String secret = "S3cr3tS3cr3tS3cr3t";
    String document =
        """
        admin: {token: %1$s}
        tenants: [{id: shop, keys: [%1$s]}]
        sinks: {main: {type: postgres, url: "postgres://u:%1$s@h/db"}}
        """
            .formatted(secret);
    ServerConfig config = valid(document);
    assertThat(config.toString()).doesNotContain(secret);
    assertThat(config.effective().toString()).doesNotContain(secret).contains("sinks.main.url");
    String broken = document + "tenants: [{id: x, keys: [\"" + secret + " \"]}]\nnope: 1\n";
    assertThat(problems(broken).toString()).doesNotContain(secret);
  }
}
