package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.json.JsonValue;
import io.pulsegate.server.docs.OpenApiTest;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The five systems over real HTTP, as their documents have it, and the description of the API held
/// against what the server answers.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConformanceTest {
  private static final String LEARNING =
      "{\"event_id\":\"%s\",\"learner_id\":\"l\",\"tenant_id\":\"%s\",\"event_type\":\"system\",\"timestamp\":\"2024-01-15T10:30:00Z\",\"source_service\":\"s\",\"event_data\":{}}";

  /// Every endpoint that takes events, with a body it takes.
  private static final Map<String, String> GOOD =
      Map.of(
          "/v1/events", "{\"event_type\":\"x\"}",
          "/api/v1/collect", "[" + LEARNING.formatted("good", "demo") + "]",
          "/ingest", "{\"type\":\"x\"}",
          "/collect", "{\"events\":[{\"event_type\":\"x\"}]}");

  private static final String PAGE_VIEW =
      "{\"eventType\":\"pageview\",\"sessionId\":\"s\",\"visitorId\":\"v\",\"siteId\":\"example.com\",\"timestamp\":\"2025-07-11T12:00:00Z\"}";

  @TempDir static Path folder;
  private static TestServer demo;

  @BeforeAll
  static void start() throws Exception {
    TestServer.SEEN.clear();
    demo =
        TestServer.start(Files.createDirectory(folder.resolve("demo")), Optional.empty(), Map.of());
    demo.awaitHealthy();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  private static TestServer configured(String name, String yaml) throws Exception {
    return TestServer.start(
        Files.createDirectory(folder.resolve(name)), Optional.of(yaml), Map.of());
  }

  @Order(1)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "000-kaasino.txt",
        "001-event-collector.txt",
        "002-pulsemetrics.txt",
        "003-collection.txt",
        "004-pulsegate.txt"
      })
  void answersRecordedRequestsAndStoresTheirEvents(String file) throws Exception {
    for (Recorded recorded : Recorded.in(file)) {
      long before = count();
      HttpResponse<String> response =
          demo.send(
              recorded.method(),
              recorded.path(),
              recorded.headers(),
              recorded.body().getBytes(StandardCharsets.UTF_8));
      assertThat(response.statusCode())
          .as("%s%n%s", recorded, response.body())
          .isEqualTo(recorded.status());
      assertThat(recorded.fits(response.body()))
          .as("%s%nexpected %s%nwas      %s", recorded, recorded.reply(), response.body())
          .isTrue();
      assertThat(count() - before).as(recorded.toString()).isEqualTo(recorded.events().size());
      assertThat(newest(recorded.events().size()))
          .as(recorded.toString())
          .isEqualTo(recorded.events());
    }
  }

  private static long count() throws Exception {
    return Long.parseLong(demo.get("/events/count").body().replaceAll("\\D+(\\d+).*\\s*", "$1"));
  }

  /// The newest events, in the order in which they came.
  private static List<Recorded.Stored> newest(int count) throws Exception {
    List<Recorded.Stored> stored = new ArrayList<>();
    if (count > 0) {
      String body = demo.get("/events/recent?limit=" + count).body().strip();
      for (String event : body.substring(1, body.length() - 1).split("(?<=}),(?=\\{\"id\":)", -1)) {
        stored.addFirst(
            new Recorded.Stored(
                field(event, "dialect"),
                field(event, "eventType"),
                event.substring(event.indexOf("\"payload\":") + 10, event.length() - 1)));
      }
    }
    return stored;
  }

  private static String field(String event, String name) {
    int from = event.indexOf("\"" + name + "\":\"") + name.length() + 4;
    return event.substring(from, event.indexOf('"', from));
  }

  @Test
  @Order(2)
  void tellsTheLevelInAHeader() throws Exception {
    assertThat(
            demo.post("/ingest", "{\"type\":\"t\"}").headers().firstValue("X-PulseGate-Durability"))
        .hasValue("disk");
  }

  @Test
  @Order(2)
  void inflatesGzipAndRefusesOtherEncodings() throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(("[" + LEARNING.formatted("zipped", "t") + "]").getBytes(StandardCharsets.UTF_8));
    }
    List<String> headers = List.of("Content-Type", "application/json", "Content-Encoding", "gzip");
    assertThat(demo.send("POST", "/api/v1/collect", headers, packed.toByteArray()).statusCode())
        .isEqualTo(200);
    assertThat(demo.post("/api/v1/collect", "x", "Content-Encoding", "gzip").statusCode())
        .isEqualTo(400);
    assertThat(demo.post("/api/v1/collect", "x", "Content-Encoding", "br").statusCode())
        .isEqualTo(415);
  }

  @Test
  @Order(2)
  void takesAThousandEventsAndNotOneMore() throws Exception {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      events.add(LEARNING.formatted("huge-" + i, "t"));
    }
    long before = count();
    assertThat(demo.post("/api/v1/collect", events.toString()).body())
        .contains("\"accepted_count\":1000");
    events.add(LEARNING.formatted("one-more", "t"));
    HttpResponse<String> tooMany = demo.post("/api/v1/collect", events.toString());
    assertThat(tooMany.statusCode()).isEqualTo(413);
    assertThat(tooMany.body()).contains("too_many_events");
    assertThat(count() - before).isEqualTo(1_000);
  }

  @Test
  @Order(2)
  void refusesBodiesBeyondTheLimitEverywhere() throws Exception {
    String large = "{\"a\":\"" + "x".repeat(11 << 20) + "\"}";
    for (String path : GOOD.keySet()) {
      assertThat(demo.post(path, large, "X-API-Key", "demo").statusCode()).as(path).isEqualTo(413);
    }
  }

  @Test
  @Order(2)
  void makesTestEvents() throws Exception {
    assertThat(demo.post("/api/v1/test/events?count=20", "").body())
        .contains("\"accepted_count\":20");
    assertThat(demo.post("/api/v1/test/events", "", "X-API-Key", "wrong").statusCode())
        .isEqualTo(401);
  }

  @Test
  @Order(2)
  void keepsBadEventsOfTheCollectorAsDeadLettersOnceHoweverOftenTheyCome() throws Exception {
    String bad = "[{\"event_id\":\"kept-1\",\"event_type\":\"interaction\",\"mark\":42}]";
    demo.post("/api/v1/collect", bad);
    demo.post("/api/v1/collect", bad);
    String letters = demo.admin("/dead-letters?limit=100");
    Matcher kept =
        Pattern.compile("\\{\"id\":(\\d+),[^}]*\"event_id\":\"kept-1\"[^}]*}").matcher(letters);
    assertThat(kept.find()).as(letters).isTrue();
    assertThat(kept.group()).contains("learner_id is missing or empty");
    String letter = demo.admin("/dead-letters/" + kept.group(1));
    assertThat(letter)
        .contains("{\"event_id\":\"kept-1\",\"event_type\":\"interaction\",\"mark\":42}")
        .contains("\"stage\":\"intake\"");
    assertThat(kept.find()).as("a second letter of the same event").isFalse();
  }

  @Test
  @Order(2)
  void showsItsPagesFromTheJarAlone() throws Exception {
    for (String page :
        List.of(
            "/docs",
            "/docs/init.js",
            "/docs/swagger-ui.css",
            "/docs/swagger-ui-bundle.js",
            "/redoc",
            "/redoc/redoc.standalone.js",
            "/openapi.yaml",
            "/openapi.json")) {
      HttpResponse<String> response = demo.get(page);
      assertThat(response.statusCode()).as(page).isEqualTo(200);
      assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'self'");
      TestServer.SEEN.remove("GET " + page + " 200");
    }
    assertThat(demo.get("/docs").body()).doesNotContain("http");
    assertThat(JsonValue.parse(demo.get("/openapi.json").body())).isNotNull();
    TestServer.SEEN.removeIf(
        seen -> seen.startsWith("GET /docs") || seen.startsWith("GET /openapi"));
  }

  @Test
  @Order(3)
  void bindsSitesTenantsAndTrust() throws Exception {
    String yaml =
        """
        tenants:
          - id: shop
            keys: [shop-key]
            aliases: [tenant_alpha]
            public_ids: [{id: shop-site, origins: ["https://shop.example"]}]
          - id: school
            keys: [{key: school-key, scopes: [ingest, read]}]
            public_ids: [{id: school-site, origins: ["https://school.example"]}]
          - {id: quick, keys: [quick-key], durability: memory}
          - {id: clinic, keys: [{key: clinic-key, scopes: [ingest, read]}], privacy: hipaa}
        dialects:
          event-collector: {tenant: shop, trusted_network: true}
          pulsemetrics: {tenant: shop, durability: memory}
          kaasino: {origins: "https://own.example"}
          collection:
            origins: "https://own.example"
            domains:
              - {domain: example.com, client: acme, privacy: hipaa}
        """;
    try (TestServer server = configured("bound", yaml)) {
      bindsSites(server);
      HttpResponse<String> mixed =
          server.post(
              "/api/v1/collect",
              "[%s,%s,%s,%s]"
                  .formatted(
                      LEARNING.formatted("m-1", "tenant_alpha"),
                      LEARNING.formatted("m-2", "school"),
                      LEARNING.formatted("m-2", "school"),
                      LEARNING.formatted("m-3", "stranger")));
      assertThat(mixed.statusCode()).isEqualTo(207);
      assertThat(mixed.body())
          .contains("\"accepted_count\":3")
          .contains("\"dlq_events\":[\"m-3\"]")
          .contains("event m-2 was received before");
      assertThat(server.get("/events/count", "X-API-Key", "school-key").body())
          .contains("\"count\":2");
      assertThat(
              server
                  .post("/ingest", "{\"type\":\"t\"}")
                  .headers()
                  .firstValue("X-PulseGate-Durability"))
          .hasValue("memory");
      assertThat(
              server
                  .post("/v1/events", "{\"event_type\":\"x\"}", "X-API-Key", "quick-key")
                  .statusCode())
          .isEqualTo(202);
      attributesDomains(server);
      takesOutWhatATenantMayNotStore(server);
    }
  }

  /// In every wire format, by the tenant whose event it becomes.
  private static void takesOutWhatATenantMayNotStore(TestServer server) throws Exception {
    String personal = "\"ip\":\"8.8.4.4\",\"email\":\"a@b.example\"";
    server.post(
        "/v1/events", "{\"event_type\":\"x\",%s}".formatted(personal), "X-API-Key", "clinic-key");
    server.post(
        "/collect",
        "{\"events\":[{\"event_type\":\"x\",%s}]}".formatted(personal),
        "X-API-Key",
        "clinic-key");
    server.post(
        "/ingest", "{\"type\":\"x\",\"tags\":{%s}}".formatted(personal), "X-API-Key", "clinic-key");
    String named = LEARNING.replace("{}", "{" + personal + "}");
    server.post(
        "/api/v1/collect",
        "[%s,%s]".formatted(named.formatted("p-1", "clinic"), named.formatted("p-2", "school")));
    HttpResponse<String> bad =
        server.post(
            "/api/v1/collect",
            "[{\"event_id\":\"p-3\",%s}]".formatted(personal),
            "X-API-Key",
            "clinic-key");
    assertThat(bad.statusCode()).isEqualTo(422);

    assertThat(server.get("/events/count", "X-API-Key", "clinic-key").body())
        .contains("\"count\":4");
    assertThat(server.get("/events/recent?limit=4", "X-API-Key", "clinic-key").body())
        .contains("\"ip\":\"ip:")
        .doesNotContain("8.8.4.4", "a@b.example");
    assertThat(server.get("/events/recent?limit=1", "X-API-Key", "school-key").body())
        .contains("8.8.4.4", "a@b.example");
    Matcher kept =
        Pattern.compile("\\{\"id\":(\\d+),[^}]*\"event_id\":\"p-3\"[^}]*}")
            .matcher(server.admin("/dead-letters?limit=100"));
    assertThat(kept.find()).isTrue();
    assertThat(server.admin("/dead-letters/" + kept.group(1)))
        .contains("[redacted]")
        .doesNotContain("8.8.4.4", "a@b.example");
  }

  private static void bindsSites(TestServer server) throws Exception {
    String event = "{\"events\":[{\"event_type\":\"x\"}]}";
    assertThat(server.post("/collect", event, "X-Site-Id", "shop-site").statusCode())
        .isEqualTo(202);
    HttpResponse<String> foreign =
        server.post(
            "/collect", event, "X-Site-Id", "shop-site", "Origin", "https://school.example");
    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(
            server
                .post(
                    "/collect",
                    event,
                    "X-Site-Id",
                    "school-site",
                    "Origin",
                    "https://school.example")
                .statusCode())
        .isEqualTo(202);
    assertThat(server.post("/collect", event, "X-Site-Id", "no-site").statusCode()).isEqualTo(401);
    for (String other :
        List.of(
            "https://school.example.evil.example",
            "https://sub.school.example",
            "https://school.example:8443",
            "http://school.example",
            "https://SCHOOL.example",
            "null")) {
      assertThat(
              server
                  .post("/collect", event, "X-Site-Id", "school-site", "Origin", other)
                  .statusCode())
          .as(other)
          .isEqualTo(403);
      assertThat(preflight(server, other)).as(other).isEqualTo(403);
    }
    for (String known :
        List.of("https://school.example", "https://shop.example", "https://own.example")) {
      assertThat(preflight(server, known)).as(known).isEqualTo(204);
    }
  }

  private static int preflight(TestServer server, String origin) throws Exception {
    List<String> asking = List.of("Origin", origin, "Access-Control-Request-Method", "POST");
    return server.send("OPTIONS", "/collect", asking, new byte[0]).statusCode();
  }

  private static void attributesDomains(TestServer server) throws Exception {
    HttpResponse<String> known =
        server.post(
            "/collect",
            "{\"eventType\":\"form\",\"siteId\":\"Example.COM\",\"ip\":\"8.8.8.8\",\"eventData\":{\"email\":\"a@b.example\",\"note\":\"write to a@b.example\"}}");
    assertThat(known.statusCode()).isEqualTo(200);
    assertThat(known.body()).contains("\"client_id\":\"acme\"");
    String recent = server.get("/events/recent?limit=1").body();
    assertThat(recent)
        .contains("\"client_id\":\"acme\"")
        .contains("\"email\":\"[redacted]\"")
        .contains("write to [redacted]")
        .contains("\"ip\":\"ip:")
        .doesNotContain("8.8.8.8");
    HttpResponse<String> unknown =
        server.post("/collect", "{\"eventType\":\"form\",\"siteId\":\"evil.example\"}");
    assertThat(unknown.statusCode()).isEqualTo(403);
    assertThat(server.get("/health").body()).contains("\"mode\":\"table\"");
  }

  /// The pipeline of the Collection API, from its variables alone.
  @Test
  @Order(3)
  void exportsRawAndProcessedEvents() throws Exception {
    try (var store = new StubStore()) {
      var variables =
          Map.of(
              "RAW_S3_BUCKET", "raw-data",
              "RAW_S3_ACCESS_KEY", "raw-id",
              "RAW_S3_SECRET_KEY", "raw-secret",
              "RAW_S3_ENDPOINT", store.url(),
              "PROCESSED_S3_BUCKET", "processed-data",
              "PROCESSED_S3_ACCESS_KEY", "processed-id",
              "PROCESSED_S3_SECRET_KEY", "processed-secret",
              "PROCESSED_S3_ENDPOINT", store.url(),
              "EXPORT_BATCH_SIZE", "10000");
      Path data = Files.createDirectory(folder.resolve("pipeline"));
      try (TestServer server = TestServer.start(data, Optional.empty(), variables)) {
        assertThat(server.post("/collect", PAGE_VIEW).statusCode()).isEqualTo(200);

        assertThat(server.post("/export/run", "").body())
            .contains("\"status\":\"success\"", "\"events\":1", "\"files\":1");
        assertThat(server.get("/process/status").body()).contains("\"unprocessed_files\":1");
        assertThat(server.post("/process/run", "").body()).contains("\"events\":1");
        assertThat(server.get("/process/status").body()).contains("\"unprocessed_files\":0");
        assertThat(store.objects.keySet())
            .satisfiesExactly(
                key ->
                    assertThat(key)
                        .matches(
                            "/processed-data/processed-events/demo/\\d{4}/\\d\\d/\\d\\d/processed_\\d{8}_\\d{6}_\\d+-\\d+\\.json"),
                key ->
                    assertThat(key)
                        .matches(
                            "/raw-data/raw-events/\\d{4}/\\d\\d/\\d\\d/raw_export_\\d{8}_\\d{6}_\\d+-\\d+\\.json"));
        assertThat(server.get("/export/status").body()).contains("raw_export_", "lag_seconds");
        assertThat(server.get("/pipeline/status").body()).contains("\"status\":\"healthy\"");
        assertThat(server.get("/export/config").body())
            .contains("raw-data", "processed-data", "10000")
            .doesNotContain("secret", "raw-id");
        assertThat(server.get("/metrics", "Accept", "text/plain").body())
            .contains("pulsegate_export_lag_seconds{export=\"raw\"} 0.0");

        store.goAway();
        server.post("/collect", PAGE_VIEW);
        assertThat(server.post("/export/run", "").statusCode()).isEqualTo(503);
        assertThat(server.post("/process/run", "").statusCode()).isEqualTo(503);
      }
    }
    refusesThePipelineInProduction();
  }

  private static void refusesThePipelineInProduction() throws Exception {
    Path data = Files.createDirectory(folder.resolve("pipeline-production"));
    var variables =
        Map.of(
            "RAW_S3_BUCKET",
            "raw-data",
            "PROCESSED_S3_BUCKET",
            "processed-data",
            "ENVIRONMENT",
            "production");
    try (TestServer server = TestServer.start(data, Optional.empty(), variables)) {
      for (String page :
          List.of("/export/status", "/export/config", "/process/status", "/pipeline/status")) {
        assertThat(server.get(page).statusCode()).as(page).isEqualTo(401);
      }
      for (String run : List.of("/export/run", "/process/run")) {
        assertThat(server.post(run, "").statusCode()).as(run).isEqualTo(401);
        assertThat(server.post(run, "", "X-API-Key", "wrong").statusCode()).isEqualTo(401);
      }
    }
  }

  @Test
  @Order(3)
  void letsNobodyInWithoutAKeyWhereNothingIsBound() throws Exception {
    String yaml =
        """
        tenants:
          - id: shop
            keys: [{key: shop-key, scopes: [ingest, read]}]
            public_ids: [{id: shop-site, origins: ["https://shop.example"]}]
          - {id: other, keys: [other-key]}
        """;
    try (TestServer server = configured("closed", yaml)) {
      for (var good : GOOD.entrySet()) {
        awaitStatus(server, good.getKey(), good.getValue(), 401);
        assertThat(
                server
                    .post(
                        good.getKey(),
                        good.getValue().replace("demo", "shop"),
                        "X-API-Key",
                        "shop-key")
                    .statusCode())
            .as(good.getKey())
            .isBetween(200, 202);
        awaitStatus(server, good.getKey(), good.getValue(), 429);
      }
      assertThat(server.post("/api/v1/test/events", "").statusCode()).isEqualTo(404);
      TestServer.SEEN.remove("POST /api/v1/test/events 404");
      assertThat(server.get("/events/count").statusCode()).isEqualTo(200);
    }
    try (TestServer production =
        TestServer.start(
            Files.createDirectory(folder.resolve("production")),
            Optional.of(yaml),
            Map.of("ENVIRONMENT", "production"))) {
      assertThat(production.get("/events/count").statusCode()).isEqualTo(401);
      assertThat(production.get("/events/recent").statusCode()).isEqualTo(401);
      assertThat(production.get("/events/recent", "X-API-Key", "shop-key").statusCode())
          .isEqualTo(200);
      for (String path : List.of("/events/count", "/events/recent")) {
        assertThat(production.get(path, "X-API-Key", "shop-site").statusCode())
            .as("a public id reads nothing")
            .isEqualTo(401);
        assertThat(production.get(path, "X-Site-Id", "shop-site").statusCode()).isEqualTo(401);
      }
      namesNoOtherTenantWhereTheNetworkIsNotTrusted(production);
    }
  }

  private static void namesNoOtherTenantWhereTheNetworkIsNotTrusted(TestServer server)
      throws Exception {
    HttpResponse<String> reply =
        server.post(
            "/api/v1/collect",
            "[" + LEARNING.formatted("stolen", "other") + "]",
            "X-API-Key",
            "shop-key");
    assertThat(reply.statusCode()).isEqualTo(422);
    assertThat(reply.body()).contains("\"dlq_events\":[\"stolen\"]");
    assertThat(server.admin("/dead-letters?limit=10")).contains("stolen", "tenant_mismatch");
  }

  private static void awaitStatus(TestServer server, String path, String body, int status)
      throws Exception {
    // Too many of them in one second are answered 429, the next second 401 again.
    for (int i = 0; i < 20_000; i++) {
      if (server.post(path, body, "X-API-Key", "wrong").statusCode() == status) {
        return;
      }
    }
    throw new AssertionError(path + " never answers " + status);
  }

  @Test
  @Order(3)
  void answers503EverywhereWhereTheLogCannotAccept() throws Exception {
    String yaml =
        """
        log: {reserve: 900000GiB}
        tenants: [{id: demo, keys: [demo]}]
        dialects:
          event-collector: {tenant: demo, test_events: true}
        """;
    try (TestServer server = configured("full", yaml)) {
      for (var good : GOOD.entrySet()) {
        HttpResponse<String> response =
            server.post(good.getKey(), good.getValue(), "X-API-Key", "demo");
        assertThat(response.statusCode()).as(good.getKey()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).as(good.getKey()).isPresent();
      }
      assertThat(server.post("/api/v1/test/events", "").statusCode()).isEqualTo(503);
      assertThat(server.get("/ready").statusCode()).isEqualTo(503);
      assertThat(server.get("/api/v1/health").body()).contains("\"status\":\"unhealthy\"");
      assertThat(server.get("/health").statusCode()).isEqualTo(200);
    }
  }

  @Test
  @Order(9)
  void describesEveryStatusItAnswersAndAnswersEveryStatusItDescribes() throws Exception {
    List<String> asking =
        List.of("Origin", "https://a.example", "Access-Control-Request-Method", "POST");
    demo.send("OPTIONS", "/collect", asking, new byte[0]);
    try (TestServer strict =
        TestServer.start(
            Files.createDirectory(folder.resolve("origins")),
            Optional.empty(),
            Map.of("ALLOWED_ORIGINS", "https://only.example"))) {
      strict.send("OPTIONS", "/collect", asking, new byte[0]);
    }
    Set<String> described = new TreeSet<>();
    OpenApiTest.map(OpenApiTest.document(), "paths")
        .forEach((path, item) ->
            OpenApiTest.map(item)
                .forEach((method, operation) ->
                    OpenApiTest.map(OpenApiTest.map(operation), "responses").keySet().stream()
                        .filter(status -> !status.equals("default"))
                        .forEach(status ->
                            described.add(
                                method.toUpperCase(java.util.Locale.ROOT)
                                    + " "
                                    + path
                                    + " "
                                    + status))));
    Set<String> seen = new TreeSet<>(TestServer.SEEN);
    seen.removeIf(entry -> entry.endsWith(" 405"));
    assertThat(seen).as("answered, and described").isEqualTo(described);
  }
}
