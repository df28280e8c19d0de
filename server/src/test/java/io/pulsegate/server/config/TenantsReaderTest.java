package io.pulsegate.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Durability;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.core.Privacy;
import io.pulsegate.core.PublicId;
import io.pulsegate.core.Quotas;
import io.pulsegate.core.Route;
import io.pulsegate.core.Route.FieldTest;
import io.pulsegate.core.Route.Step;
import io.pulsegate.core.Route.Target;
import io.pulsegate.core.TenantSettings;
import io.pulsegate.core.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantsReaderTest {
  private static final Map<String, SinkFactory<?>> SINKS =
      Map.of(
          "duckdb", new FakeSinkFactory("duckdb", false),
          "postgres", new FakeSinkFactory("postgres", true),
          "kafka", new FakeSinkFactory("kafka", true));

  /// The YAML of seed 004 as written, but for the name of Kafka's topic, which the real sink has.
  private static final String SEED =
      """
      tenants:
        - id: tenant_shop_1
          plugins:
            transform:
              - name: geoip_enricher
              - name: pii_scrubber
            sinks:
              - name: postgres_sink
                config:
                  table: events_raw
              - name: kafka_sink
                config:
                  table: analytics_events
      """;

  private static Checked check(String document, Map<String, String> environment) {
    return new ConfigChecker(SINKS)
        .check(new ConfigSource(Optional.of(document), Map.of(), environment));
  }

  private static ServerConfig valid(String document, Map<String, String> environment) {
    Checked checked = check(document, environment);
    assertThat(checked).isInstanceOf(Checked.Valid.class);
    return ((Checked.Valid) checked).config();
  }

  private static TenantSettings tenant(String document) {
    return valid(document, Map.of()).tenants().getFirst().settings();
  }

  private static List<String> problems(String document) {
    Checked checked = check(document, Map.of());
    assertThat(checked).isInstanceOf(Checked.Invalid.class);
    return ((Checked.Invalid) checked).problems().stream().map(Problem::toString).toList();
  }

  @Test
  void readsTheSeedsYamlAsWrittenWithConnectionsFromTheEnvironment() {
    ServerConfig config =
        valid(SEED, Map.of("DATABASE_URL", "postgres://db", "KAFKA_URL", "kafka:9092"));
    assertThat(config.tenants().getFirst().settings().routes())
        .containsExactly(
            new Route(
                "plugins",
                Route.Condition.ALWAYS,
                List.of(new Step("geoip_enricher", Map.of()), new Step("pii_scrubber", Map.of())),
                List.of(
                    new Target("postgres", Map.of("table", "events_raw")),
                    new Target("kafka", Map.of("table", "analytics_events")))));
    assertThat(config.sinks().stream().map(ServerConfig.SinkEntry::config).toList())
        .isEqualTo(
            List.of(
                new FakeSinkFactory.Config("postgres://db", "events_raw", 2),
                new FakeSinkFactory.Config("kafka:9092", "analytics_events", 2)));
    assertThat(config.warnings())
        .containsExactly(
            "tenant tenant_shop_1 has no key in the file; make one while the server runs: pulsegate keys create tenant_shop_1");
  }

  @Test
  void saysWhichConnectionIsMissing() {
    assertThat(problems(SEED))
        .containsExactly(
            "line 8: sinks.postgres.url is missing: Where the database is.",
            "line 11: sinks.kafka.url is missing: Where the database is.");
  }

  @Test
  void hasTheseDefaults() {
    TenantSettings tenant = tenant("tenants: [{id: shop, keys: [one]}]");
    assertThat(tenant.quotas()).isEqualTo(Quotas.NONE);
    assertThat(tenant.terms())
        .isEqualTo(new Terms(1, Durability.DISK, Duration.ZERO, Privacy.STANDARD));
    assertThat(tenant.routes()).isEmpty();
    assertThat(tenant.access().aliases()).isEmpty();
    assertThat(tenant.access().publicIds()).isEmpty();
    assertThat(tenant.access().keys())
        .singleElement()
        .satisfies(key -> {
          assertThat(key.id()).isEqualTo("file-1");
          assertThat(key.hash()).isEqualTo(KeyHash.of("one"));
          assertThat(key.scopes()).containsExactly(KeyScope.INGEST);
          assertThat(key.expires()).isEmpty();
        });
  }

  @Test
  void readsEveryKey() {
    TenantSettings tenant =
        tenant(
            """
            tenants:
              - id: shop
                aliases: [shop-old, 4711]
                keys:
                  - key: one
                    name: ci
                    scopes: [read, admin]
                    expires: 2027-01-31T00:00:00Z
                public_ids:
                  - id: site-1
                    origins: ["https://shop.example", "http://localhost:3000"]
                  - {id: services, origins: []}
                quotas:
                  events_per_second: 1000
                  bytes_per_second: 2MiB
                  backlog: 1GiB
                  in_flight: 8MiB
                  dead_letters: 100MiB
                weight: 5
                durability: memory
                replay_reach: 7d
                privacy: gdpr
                routes:
                  - name: orders
                    event_types: [order_*, refund]
                    fields:
                      - {field: user.country, in: [DE, FR]}
                      - {field: user.age, not_in: [17]}
                      - {field: test, exists: false}
                    transform:
                      - name: field_normalizer
                        config: {rename: {a: b}, drop: [x, y], default: {n: 1, t: "1", f: true, z: null}, on_misfit: fail}
                    sinks:
                      - {name: duckdb_sink, config: {table: orders}}
                  - {name: rest}
            sinks: {duck: {type: duckdb, table: orders}}
            """);
    assertThat(tenant.access().aliases()).containsExactlyInAnyOrder("shop-old", "4711");
    assertThat(tenant.access().keys())
        .singleElement()
        .satisfies(key -> {
          assertThat(key.name()).isEqualTo("ci");
          assertThat(key.scopes()).containsExactlyInAnyOrder(KeyScope.READ, KeyScope.ADMIN);
          assertThat(key.expires()).contains(Instant.parse("2027-01-31T00:00:00Z"));
        });
    assertThat(tenant.access().publicIds())
        .containsExactly(
            new PublicId("site-1", Set.of("https://shop.example", "http://localhost:3000")),
            new PublicId("services", Set.of()));
    assertThat(tenant.quotas())
        .isEqualTo(new Quotas(1_000, 2L << 20, 1L << 30, 8L << 20, 100L << 20));
    assertThat(tenant.terms())
        .isEqualTo(new Terms(5, Durability.MEMORY, Duration.ofDays(7), Privacy.GDPR));
    assertThat(tenant.routes())
        .containsExactly(
            new Route(
                "orders",
                new Route.Condition(
                    List.of("order_*", "refund"),
                    List.of(
                        new FieldTest("user.country", FieldTest.Kind.IN, Set.of("DE", "FR")),
                        new FieldTest("user.age", FieldTest.Kind.NOT_IN, Set.of("17")),
                        new FieldTest("test", FieldTest.Kind.ABSENT, Set.of()))),
                List.of(
                    new Step(
                        "field_normalizer",
                        Map.of(
                            "rename", "{\"a\":\"b\"}",
                            "drop", "[\"x\",\"y\"]",
                            "default", "{\"n\":1,\"t\":\"1\",\"f\":true,\"z\":null}",
                            "on_misfit", "fail"))),
                List.of(new Target("duck", Map.of("table", "orders")))),
            new Route("rest", Route.Condition.ALWAYS, List.of(), List.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {id: a, quotas: {event_per_second: 1}}           | unknown key tenants.a.quotas.event_per_second; did you mean events_per_second?
          {id: a, quotas: {events_per_second: 0}}          | tenants.a.quotas.events_per_second must be a whole number from 1 to 2147483647, was "0"
          {id: a, quotas: {backlog: 0}}                    | tenants.a.quotas.backlog must be at least 1 byte
          {id: a, weight: 1001}                            | tenants.a.weight must be a whole number from 1 to 1000, was "1001"
          {id: a, privacy: none}                           | tenants.a.privacy must be one of standard, gdpr, hipaa, was "none"
          {id: a, keys: [{key: k, scopes: [write]}]}       | tenants.a.keys.scopes must be one of ingest, read, admin, was "write"
          {id: a, keys: [{key: k, expires: soon}]}         | tenants.a.keys.expires must be a time such as 2027-01-31T00:00:00Z
          {id: a, public_ids: [{id: s}]}                   | tenants.a.public_ids needs origins: the sites whose pages may use the public id
          {id: a, public_ids: [{id: s, origins: [a/b]}]}   | tenants.a.public_ids.origins are written as browsers send them, in small letters without a path: https://shop.example
          {id: a, plugins: {}, routes: [{name: r}]}        | tenants.a has plugins and routes: write one of them
          {id: a, routes: [{name: r}, {name: r}]}          | tenants.a.routes: two are called r
          {id: a, routes: [{name: r, sinks: [{name: x}]}]} | tenants.a.routes.sinks: there is no sink "x"; known here: main
          {id: a, plugins: {sinks: [{name: kafak_sink}]}}  | there is no sink "kafak_sink"; did you mean kafka_sink?
          {id: a, plugins: {sinks: [{name: main, config: {tabel: t}}]}} | unknown key tenants.a.plugins.sinks.main.tabel; did you mean table?
          {id: a, plugins: {sinks: [{name: main, config: {url: u}}]}}   | tenants.a.plugins.sinks.main.url belongs to sinks.main
          {id: a, plugins: {sinks: [{name: main, config: {threads: 9}}]}} | tenants.a.plugins.sinks.main.threads must be a whole number from 1 to 8, was "9"
          {id: a, plugins: {sinks: [{name: main, config: {threads: 3}}]}} | tenants.a.plugins.sinks.main.threads is 3 here, but sinks.main has 2: a sink has one destination; add another one to sinks, under a name of its own, and name it here
          {id: a, routes: [{name: r, on_poison: halt, sinks: [{name: main}]}, {name: s, sinks: [{name: main}]}]} | tenants.a.routes: the routes r and s both end in main and must say the same of on_poison: its events wait there in one order
          {id: a, routes: [{name: r, on_poison: stop}]} | tenants.a.routes.on_poison must be one of dead_letter, halt, was "stop"
          {id: a, plugins: {transform: [{name: pii_scruber}]}} | tenants.a.plugins.transform: there is no transform "pii_scruber"; did you mean pii_scrubber?
          {id: a, plugins: {transform: [{config: {}}]}} | tenants.a.plugins.transform needs the name of a transform
          {id: a, plugins: {transform: [{name: filter, config: {acton: keep, action: keep, event_types: [a]}}]}} | unknown key tenants.a.plugins.transform.filter.acton; did you mean action?
          {id: a, plugins: {transform: [{name: filter, config: {event_types: [a]}}]}} | tenants.a.plugins.transform.filter.action is missing: Whether the events that fit are the only ones kept, or dropped.
          {id: a, plugins: {transform: [{name: filter, config: {action: maybe}}]}} | tenants.a.plugins.transform.filter.action must be one of keep, drop, was "maybe"
          {id: a, plugins: {transform: [{name: filter, config: {action: keep}}]}} | tenants.a.plugins.transform.filter: filter needs event_types, fields or both
          {id: a, plugins: {transform: [{name: router, config: {rules: [{sample: 2}]}}]}} | tenants.a.plugins.transform.router: sample must be a number from 0 to 1
          {id: a, routes: [{name: r, fields: [{field: f}]}]} | tenants.a.routes.fields needs one of in, not_in and exists
          """)
  void saysWhatIsWrong(String tenant, String problem) {
    assertThat(problems("tenants: [" + tenant + "]\nsinks: {main: {type: postgres, url: x}}"))
        .containsExactly("line 1: " + problem);
  }

  @Test
  void refusesWhatTwoTenantsShare() {
    assertThat(
            problems(
                """
                tenants:
                  - {id: a, aliases: [x], keys: [k], public_ids: [{id: p, origins: ["*"]}]}
                  - {id: b, aliases: [x], keys: [k], public_ids: [{id: p, origins: ["*"]}]}
                  - {id: x}
                """))
        .containsExactly(
            "line 3: tenants.b has an alias that tenants.a has already",
            "line 3: tenants.b has a key that tenants.a has already",
            "line 3: tenants.b has a public id that tenants.a has already",
            "line 4: the tenant x has the name of an alias of tenant a",
            "line 4: the tenant x has the name of an alias of tenant b");
  }
}
