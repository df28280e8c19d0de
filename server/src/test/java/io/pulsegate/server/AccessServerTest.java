package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.state.StateStore;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every operation that the two listeners describe, tried with keys that must not open it. What is
/// tried comes from the descriptions, so that a new endpoint is tried by itself.
class AccessServerTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

  /// In everything of the other tenant that a stranger must not see.
  private static final String MARK = "victims-own-business";

  private static final String EVENT = "event-of-the-victim";
  private static final Set<Integer> REFUSED = Set.of(401, 403, 404, 405);

  @TempDir Path temp;

  /// An address may only guess so often: those who are to be refused come from many.
  private static final int REFUSALS_OF_AN_ADDRESS = 10;

  private HttpClient client = HttpClient.newHttpClient();
  private int clients;
  private int requests;
  private DataFolder folder;
  private Server server;

  /// One operation of a description.
  ///
  /// @param method in capitals
  /// @param bodyFields of its JSON body, with their types
  private record Operation(
      String method,
      String path,
      JsonObject description,
      List<String> queries,
      Map<String, String> bodyFields) {
    String access() {
      return description.get("description").map(Object::toString).orElse("");
    }

    boolean isForOperator() {
      return access().contains("operator alone");
    }

    Optional<String> scope() {
      return List.of("read", "admin").stream()
          .filter(scope -> access().contains("scope " + scope))
          .findFirst();
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @BeforeEach
  void start() throws Exception {
    Path file = temp.resolve("pulsegate.yaml");
    Files.writeString(
        file,
        """
        data: %1$s/data
        server: {port: 0}
        admin: {port: 0}
        tenants:
          - {id: mine, keys: [mine-key, {key: expired-key, scopes: [ingest, read, admin], expires: 2020-01-01T00:00:00Z}]}
          - {id: victim, keys: [victim-key]}
        sinks:
          a: {type: duckdb, path: %1$s/a.duckdb}
        """
            .formatted(temp));
    ServerConfig config =
        // In development everybody on this machine may read events, with any key or none.
        ((Checked.Valid)
                ConfigLoader.load(Optional.of(file), Map.of(), Map.of("ENVIRONMENT", "production"))
                    .checked())
            .config();
    folder = DataFolder.open(config.data());
    server = Wiring.start(config, folder);
    HttpResponse<String> sent =
        publicly(
            "POST",
            "/v1/events",
            "victim-key",
            "{\"event_id\":\"%s\",\"event_type\":\"%s\",\"payload\":{\"a\":\"%s\"}}"
                .formatted(EVENT, MARK, MARK));
    assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
    assertThat(server.drain(Duration.ofSeconds(30))).isTrue();
    try (StateStore store = StateStore.open(folder.stateFile())) {
      store.put(List.of(letterOfTheVictim()));
    }
    operator("POST", "/tenants/victim/keys", "{\"name\":\"" + MARK + "\",\"scopes\":[\"ingest\"]}");
    operator(
        "POST",
        "/replays",
        "{\"tenant\":\"victim\",\"sinks\":[\"a\"],\"event_types\":[\""
            + MARK
            + "\"],\"dry_run\":true}");
    while (!operator("GET", "/replays?tenant=victim", "").body().contains("\"state\":\"done\"")) {
      Thread.onSpinWait(); // until the state of the other tenant moves no more by itself
    }
  }

  private static DeadLetter letterOfTheVictim() {
    var lane = new LaneKey(new TenantId("victim"), 1);
    var event =
        new Event(
            EVENT,
            lane.tenant(),
            MARK,
            TIME,
            TIME,
            "{\"a\":\"" + MARK + "\"}",
            Source.HTTP,
            "native",
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return new DeadLetter(
        "log-1", 0, 1, 0, "a", 0, lane, event, "sink", "a", "X", MARK, 3, TIME, TIME);
  }

  @AfterEach
  void stop() {
    server.close();
    folder.close();
  }

  private HttpClient client() throws Exception {
    if (requests++ % REFUSALS_OF_AN_ADDRESS == 0) {
      client.close();
      clients++;
      byte[] address = {127, 0, (byte) (1 + clients / 250), (byte) (1 + clients % 250)};
      client = HttpClient.newBuilder().localAddress(InetAddress.getByAddress(address)).build();
    }
    return client;
  }

  private HttpResponse<String> send(String method, String url, Optional<String> key, String body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return client().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> privately(
      String method, String path, Optional<String> key, String body) throws Exception {
    return send(method, "http://127.0.0.1:" + server.adminPort() + path, key, body);
  }

  private HttpResponse<String> operator(String method, String path, String body) throws Exception {
    return privately(method, path, Optional.of(server.adminToken()), body);
  }

  private HttpResponse<String> publicly(String method, String path, String key, String body)
      throws Exception {
    return send(method, "http://127.0.0.1:" + server.port() + path, Optional.of(key), body);
  }

  private static String text(String json, String field) {
    return ((JsonObject) JsonValue.parse(json))
        .at(field)
        .map(value -> value instanceof JsonText(String text) ? text : value.toString())
        .orElseThrow();
  }

  private String newKey(String... scopes) throws Exception {
    String list = List.of(scopes).stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
    HttpResponse<String> made = operator("POST", "/tenants/mine/keys", "{\"scopes\":" + list + "}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    return text(made.body(), "secret");
  }

  private String revokedKey() throws Exception {
    HttpResponse<String> made =
        operator("POST", "/tenants/mine/keys", "{\"scopes\":[\"ingest\",\"read\",\"admin\"]}");
    assertThat(
            operator("DELETE", "/tenants/mine/keys/" + text(made.body(), "key.key"), "")
                .statusCode())
        .isEqualTo(200);
    return text(made.body(), "secret");
  }

  // --- what there is to try

  private List<Operation> operations(String document) {
    var operations = new ArrayList<Operation>();
    object(document(document).get("paths"))
        .fields()
        .forEach((path, methods) ->
            ((JsonObject) methods)
                .fields()
                .forEach((method, operation) ->
                    operations.add(operation(method, path, (JsonObject) operation))));
    assertThat(operations).hasSizeGreaterThan(10);
    return operations;
  }

  private static JsonObject document(String text) {
    return (JsonObject) JsonValue.parse(text);
  }

  private static JsonObject object(Optional<JsonValue> value) {
    return value.map(JsonObject.class::cast).orElse(JsonObject.EMPTY);
  }

  private static Operation operation(String method, String path, JsonObject described) {
    var queries = new ArrayList<String>();
    if (described.get("parameters").orElse(JsonObject.EMPTY)
        instanceof JsonValue.JsonArray(List<JsonValue> parameters)) {
      for (JsonValue each : parameters) {
        if (each instanceof JsonObject parameter
            && parameter.get("in").equals(Optional.of(new JsonText("query")))) {
          queries.add(text(parameter.toString(), "name"));
        }
      }
    }
    var fields = new LinkedHashMap<String, String>();
    object(described.at("requestBody.content"))
        .fields()
        .values()
        .forEach(content ->
            object(((JsonObject) content).at("schema.properties"))
                .fields()
                .forEach((name, schema) ->
                    fields.put(
                        name, ((JsonObject) schema).get("type").map(Object::toString).orElse(""))));
    return new Operation(method.toUpperCase(Locale.ROOT), path, described, queries, fields);
  }

  private List<Operation> adminOperations() throws Exception {
    return operations(operator("GET", "/openapi.json", "").body());
  }

  /// The paths that lead to what is the other tenant's, whatever the variable parts stand for.
  private List<String> pathsToTheVictim(Operation operation) throws Exception {
    var paths = new ArrayList<String>();
    String path = operation.path().replace("{tenant}", "victim").replace("{key}", victimsKey());
    for (String thing : List.of("1", EVENT)) {
      String concrete = path.replaceAll("\\{\\w+}", thing);
      paths.add(concrete);
      if (!operation.queries().isEmpty()) {
        paths.add(concrete + "?tenant=victim");
        paths.add(concrete + query(operation.queries()));
      }
      if (concrete.equals(path)) {
        break;
      }
    }
    return paths;
  }

  private static String query(List<String> names) {
    return names.stream()
        .map(name -> valueOf(name).map(value -> name + "=" + value).orElse(""))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining("&", "?", ""));
  }

  /// What a stranger would write there to get at the other's things.
  private static Optional<String> valueOf(String name) {
    return switch (name) {
      case "tenant" -> Optional.of("victim");
      case "event_id", "event" -> Optional.of(URLEncoder.encode(EVENT, StandardCharsets.UTF_8));
      case "id" -> Optional.of("1");
      case "limit" -> Optional.of("100");
      default -> Optional.empty();
    };
  }

  private static List<String> bodies(Operation operation) {
    if (operation.bodyFields().isEmpty()) {
      return List.of("", "{}");
    }
    var bodies = new ArrayList<String>(List.of("{}"));
    if (operation.bodyFields().containsKey("tenant")) {
      bodies.add("{\"tenant\":\"victim\"}");
      bodies.add("{\"tenant\":\"victim\",\"all\":\"true\"}");
      bodies.add("{\"tenant\":\"victim\",\"sinks\":[\"a\"],\"dry_run\":\"true\"}");
      bodies.add("{\"tenant\":\"victim\",\"event_id\":\"" + EVENT + "\"}");
    }
    if (operation.bodyFields().containsKey("event_id")) {
      bodies.add("{\"event_id\":\"" + EVENT + "\"}");
    }
    bodies.add("{\"id\":\"victim\"}");
    return bodies;
  }

  private String victimsKey() throws Exception {
    JsonObject listed = document(operator("GET", "/tenants/victim/keys", "").body());
    return listed
        .get("keys")
        .orElseThrow()
        .toString()
        .lines()
        .findFirst()
        .orElseThrow()
        .replaceFirst("(?s).*\"key\":\"([^\"]+)\"[^}]*\"name\":\"" + MARK + "\".*", "$1");
  }

  /// All that the operator sees of the other tenant.
  private String stateOfTheVictim() throws Exception {
    var state = new StringBuilder();
    for (String path :
        List.of(
            "/tenants/victim",
            "/tenants/victim/keys",
            "/dead-letters?tenant=victim",
            "/dead-letters?tenant=victim&redriven=true",
            "/replays?tenant=victim",
            "/audit?tenant=victim")) {
      HttpResponse<String> reply = operator("GET", path, "");
      assertThat(reply.statusCode()).as(path + " " + reply.body()).isEqualTo(200);
      state.append(path).append(' ').append(reply.body()).append('\n');
    }
    assertThat(state).contains(MARK);
    return state.toString();
  }

  // --- tests

  @Test
  void noKeyOfATenantReachesWhatIsAnothers() throws Exception {
    List<String> keys = List.of(newKey("read"), newKey("admin"), newKey("ingest", "read", "admin"));
    String before = stateOfTheVictim();
    var leaks = new ArrayList<String>();
    for (Operation operation : adminOperations()) {
      for (String key : keys) {
        for (String path : pathsToTheVictim(operation)) {
          for (String body : bodies(operation)) {
            HttpResponse<String> reply =
                privately(operation.method(), path, Optional.of(key), body);
            boolean mustRefuse = operation.path().contains("{tenant}");
            boolean refused = REFUSED.contains(reply.statusCode());
            boolean shows =
                reply.body().contains(MARK)
                    || (reply.statusCode() < 300
                        && !operation.path().equals("/openapi.json")
                        && reply.body().contains("victim"));
            if (shows || (mustRefuse && !refused)) {
              leaks.add(operation + " " + path + " " + body + " -> " + reply.statusCode());
            }
          }
        }
      }
    }
    assertThat(leaks).isEmpty();
    assertThat(stateOfTheVictim()).isEqualTo(before);
  }

  @Test
  void whoHasNoValidKeyGetsNothing() throws Exception {
    Map<String, Optional<String>> strangers =
        Map.of(
            "no key", Optional.empty(),
            "an unknown key", Optional.of("no-such-key"),
            "an expired key", Optional.of("expired-key"),
            "a revoked key", Optional.of(revokedKey()),
            "a key that may only send", Optional.of("mine-key"));
    String before = stateOfTheVictim();
    var opened = new ArrayList<String>();
    for (Operation operation : adminOperations()) {
      for (var stranger : strangers.entrySet()) {
        for (String path : pathsToTheVictim(operation)) {
          HttpResponse<String> reply =
              privately(operation.method(), path, stranger.getValue(), bodies(operation).getLast());
          if (reply.statusCode() != 401 || reply.body().contains(MARK)) {
            opened.add(operation + " with " + stranger.getKey() + " -> " + reply.statusCode());
          }
        }
      }
    }
    assertThat(opened).isEmpty();
    assertThat(stateOfTheVictim()).isEqualTo(before);
  }

  @Test
  void aKeyDoesWithinItsTenantWhatItsScopesSayAndNoMore() throws Exception {
    Map<String, String> keys = Map.of("read", newKey("read"), "admin", newKey("admin"));
    var wrong = new ArrayList<String>();
    for (Operation operation : adminOperations()) {
      for (var key : keys.entrySet()) {
        String path = operation.path().replace("{tenant}", "mine").replaceAll("\\{\\w+}", "999");
        int status =
            privately(operation.method(), path, Optional.of(key.getValue()), "{}").statusCode();
        boolean may =
            !operation.isForOperator() && operation.scope().equals(Optional.of(key.getKey()));
        if (may == (status == 401 || status == 403)) {
          wrong.add(operation + " with the scope " + key.getKey() + " -> " + status);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void aKeyGetsNoFurtherByRotatingOneThatMayMore() throws Exception {
    HttpResponse<String> strong =
        operator("POST", "/tenants/mine/keys", "{\"scopes\":[\"read\",\"admin\"]}");
    String path = "/tenants/mine/keys/" + text(strong.body(), "key.key") + "/rotate";
    HttpResponse<String> refused = privately("POST", path, Optional.of(newKey("admin")), "{}");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("may not read");
    HttpResponse<String> allowed =
        privately("POST", path, Optional.of(text(strong.body(), "secret")), "{}");
    assertThat(allowed.statusCode()).as(allowed.body()).isEqualTo(201);
  }

  @Test
  void thePublicListenerTakesAndShowsNothingForKeysThatMayNot() throws Exception {
    Map<String, String> keys =
        Map.of(
            "an unknown key", "no-such-key",
            "an expired key", "expired-key",
            "a revoked key", revokedKey(),
            "a key that may read", newKey("read"),
            "a key that may administrate", newKey("admin"));
    String document = publicly("GET", "/openapi.json", "no-such-key", "").body();
    long accepted = accepted();
    var wrong = new ArrayList<String>();
    for (Operation operation : operations(document)) {
      for (var key : keys.entrySet()) {
        HttpResponse<String> reply =
            publicly(operation.method(), operation.path(), key.getValue(), exampleOf(operation));
        boolean takes = operation.method().equals("POST") && !REFUSED.contains(reply.statusCode());
        if (takes || reply.body().contains(MARK) || reply.body().contains(EVENT)) {
          wrong.add(operation + " with " + key.getKey() + " -> " + reply.statusCode());
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(accepted()).isEqualTo(accepted);
  }

  private static String exampleOf(Operation operation) {
    JsonObject json = object(operation.description().at("requestBody.content"));
    return json.fields().values().stream()
        .map(content -> (JsonObject) content)
        .flatMap(content ->
            content.get("example").stream()
                .map(Object::toString)
                .findFirst()
                .or(() ->
                    object(content.get("examples")).fields().values().stream()
                        .flatMap(each -> ((JsonObject) each).get("value").stream())
                        .map(Object::toString)
                        .findFirst())
                .stream())
        .findFirst()
        .orElse("{}");
  }

  private long accepted() throws Exception {
    return publicly("GET", "/metrics", "none", "")
        .body()
        .lines()
        .filter(line -> line.startsWith("pulsegate_events_accepted_total"))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf("} ") + 2)))
        .sum();
  }
}
