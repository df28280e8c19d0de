package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The admin API of a whole server, over HTTP.
class AdminServerTest {
  @TempDir Path temp;

  private final HttpClient client = HttpClient.newHttpClient();
  private Path file = Path.of("");
  private DataFolder folder;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    file = temp.resolve("pulsegate.yaml");
    Files.writeString(
        file,
        """
        data: %s
        server: {port: 0}
        admin: {port: 0}
        tenants:
          - {id: filed, keys: [filed-key]}
        sinks: {}
        """
            .formatted(temp.resolve("data")));
    ServerConfig config = ((Checked.Valid) check()).config();
    folder = DataFolder.open(config.data());
    server = Wiring.start(config, folder);
  }

  private Checked check() throws StartException {
    return ConfigLoader.load(Optional.of(file), Map.of(), Map.of()).checked();
  }

  @AfterEach
  void stop() {
    server.close();
    folder.close();
  }

  private HttpResponse<String> ask(String method, String path, String key, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
            .header("Authorization", "Bearer " + key)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> operator(String method, String path, String body) throws Exception {
    return ask(method, path, server.adminToken(), body);
  }

  private int send(String key) throws Exception {
    return sendTo(key).statusCode();
  }

  private HttpResponse<String> sendTo(String key) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/events"))
            .header("X-API-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString("{\"event_type\":\"a\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String text(HttpResponse<String> reply, String name) {
    Matcher matcher = Pattern.compile('"' + name + "\":\"([^\"]+)\"").matcher(reply.body());
    assertThat(matcher.find()).as(name + " in " + reply.body()).isTrue();
    return matcher.group(1);
  }

  private String newKey(String tenant, String scopes) throws Exception {
    HttpResponse<String> reply =
        operator("POST", "/tenants/" + tenant + "/keys", "{\"scopes\":[" + scopes + "]}");
    assertThat(reply.statusCode()).isEqualTo(201);
    return text(reply, "secret");
  }

  @Test
  void makesATenantAndItsKeysWithoutARestart() throws Exception {
    assertThat(operator("POST", "/tenants", "{\"id\":\"shop\",\"weight\":2}").statusCode())
        .isEqualTo(201);
    assertThat(operator("POST", "/tenants", "{\"id\":\"shop\"}").statusCode()).isEqualTo(409);
    HttpResponse<String> made =
        operator("POST", "/tenants/shop/keys", "{\"name\":\"web\",\"expires_in\":\"90d\"}");
    String secret = text(made, "secret");
    assertThat(secret).startsWith("pg_ingest_");
    assertThat(send(secret)).isEqualTo(200);
    HttpResponse<String> rotated =
        operator(
            "POST", "/tenants/shop/keys/" + text(made, "key") + "/rotate", "{\"overlap\":\"0\"}");
    assertThat(send(secret)).as("no overlap").isEqualTo(401);
    String next = text(rotated, "secret");
    assertThat(send(next)).isEqualTo(200);
    assertThat(operator("DELETE", "/tenants/shop/keys/" + text(rotated, "key"), "").statusCode())
        .isEqualTo(200);
    assertThat(send(next)).as("revoked").isEqualTo(401);
    assertThat(operator("GET", "/tenants?format=table", "").body())
        .contains("filed  |")
        .contains("shop   |");
    assertThat(operator("GET", "/tenants/shop", "").body()).contains("\"weight\":2");
    assertThat(operator("GET", "/audit", "").body())
        .contains("key.revoke")
        .contains("\"actor\":\"operator\"")
        .doesNotContain(secret);
    assertThat(operator("DELETE", "/tenants/shop", "").statusCode()).isEqualTo(200);
    assertThat(operator("GET", "/tenants/shop", "").statusCode()).isEqualTo(404);
    assertThat(operator("DELETE", "/tenants/filed", "").statusCode()).isEqualTo(409);
  }

  @Test
  void takesAChangedFileAndKeepsTheOldOneWhereItIsWrong() throws Exception {
    String before = Files.readString(file);
    Files.writeString(file, before.replace("filed-key", "other-key") + "nonsense: 1\n");
    server.look(file, this::check);
    assertThat(send("filed-key")).isEqualTo(200);
    HttpResponse<String> list = operator("GET", "/tenants", "");
    assertThat(list.headers().firstValue("PulseGate-File-Trouble").orElse(""))
        .contains("unknown key nonsense")
        .contains("what was in force before stays");
    Files.writeString(file, before.replace("filed-key", "other-key"));
    server.look(file, this::check);
    assertThat(send("filed-key")).isEqualTo(401);
    assertThat(send("other-key")).isEqualTo(200);
    assertThat(operator("GET", "/tenants", "").headers().firstValue("PulseGate-File-Trouble"))
        .isEmpty();
    assertThat(operator("GET", "/audit", "").body()).contains("file.reload");
  }

  @Test
  void answersATenantOverItsQuotaWith429AndWhenToComeAgain() throws Exception {
    operator("POST", "/tenants", "{\"id\":\"small\",\"quotas\":{\"events_per_second\":1}}");
    String secret = newKey("small", "\"ingest\"");
    HttpResponse<String> reply = sendTo(secret);
    for (int i = 0; i < 100 && reply.statusCode() == 200; i++) {
      reply = sendTo(secret);
    }
    assertThat(reply.statusCode()).isEqualTo(429);
    assertThat(reply.headers().firstValue("Retry-After")).isPresent();
    assertThat(send("filed-key")).isEqualTo(200);
    String metrics =
        client
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    assertThat(metrics)
        .containsPattern(
            "pulsegate_tenant_backpressure_total\\{limit=\"events_per_second\",tenant=\"small\"} [1-9]");
  }

  /// Every endpoint that the description names, with every kind of key of another tenant and of the
  /// same one.
  @Test
  void aTenantsKeyReachesNothingOfAnotherTenant() throws Exception {
    operator("POST", "/tenants", "{\"id\":\"other\"}");
    newKey("other", "\"ingest\"");
    String mine = newKey("filed", "\"read\",\"admin\",\"ingest\"");
    List<String> endpoints = endpoints();
    assertThat(endpoints).hasSizeGreaterThan(10);
    var leaks = new ArrayList<String>();
    for (String endpoint : endpoints) {
      int space = endpoint.indexOf(' ');
      String pattern = endpoint.substring(space + 1);
      String path = pattern.replace("{tenant}", "other").replaceAll("\\{\\w+}", "1");
      HttpResponse<String> reply =
          ask(endpoint.substring(0, space), path + "?tenant=other", mine, "{}");
      boolean refused = reply.statusCode() == 403 || reply.statusCode() == 404;
      boolean mustRefuse = pattern.contains("{tenant}");
      boolean showsOther = reply.body().contains("other") && !pattern.equals("/openapi.json");
      if (!refused && (mustRefuse || showsOther)) {
        leaks.add(endpoint + " -> " + reply.statusCode() + " " + reply.body());
      }
    }
    assertThat(leaks).isEmpty();
  }

  private List<String> endpoints() throws Exception {
    String description = operator("GET", "/openapi.json", "").body();
    var endpoints = new ArrayList<String>();
    Matcher paths =
        Pattern.compile("\"(/[^\"]*)\":\\{|\"(get|post|put|delete)\":\\{\"summary\"")
            .matcher(description);
    String path = "";
    while (paths.find()) {
      if (paths.group(1) != null) {
        path = paths.group(1);
      } else {
        endpoints.add(paths.group(2).toUpperCase(java.util.Locale.ROOT) + " " + path);
      }
    }
    return endpoints;
  }

  @Test
  void aKeyDoesNoMoreThanItsScopes() throws Exception {
    String ingest = newKey("filed", "\"ingest\"");
    String read = newKey("filed", "\"read\"");
    String admin = newKey("filed", "\"admin\"");
    assertThat(ask("GET", "/tenants", ingest, "").statusCode()).isEqualTo(401);
    assertThat(send(read)).isEqualTo(401);
    assertThat(send(admin)).isEqualTo(401);
    assertThat(ask("GET", "/tenants/filed", read, "").statusCode()).isEqualTo(200);
    assertThat(ask("GET", "/tenants/filed", admin, "").statusCode()).isEqualTo(403);
    assertThat(ask("POST", "/tenants/filed/keys", read, "{}").statusCode()).isEqualTo(403);
    assertThat(ask("POST", "/tenants/filed/keys", admin, "{}").statusCode()).isEqualTo(201);
    assertThat(ask("POST", "/tenants/filed/keys", admin, "{\"scopes\":[\"read\"]}").statusCode())
        .as("no key makes one that may more than itself")
        .isEqualTo(400);
    for (String operatorOnly : List.of("/sinks", "/sql", "/tenants")) {
      String method = operatorOnly.equals("/sinks") ? "GET" : "POST";
      assertThat(ask(method, operatorOnly, admin, "{}").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void saysWhatIsWrongWithARequest() throws Exception {
    HttpResponse<String> wrong = operator("POST", "/tenants", "{\"id\":\"a\",\"wieght\":1}");
    assertThat(wrong.statusCode()).isEqualTo(422);
    assertThat(wrong.body()).contains("unknown key tenants.wieght; did you mean weight?");
    assertThat(operator("POST", "/tenants/filed/keys", "{\"scope\":1}").statusCode())
        .isEqualTo(400);
    assertThat(operator("GET", "/tenants/no.such", "").statusCode()).isEqualTo(404);
    assertThat(operator("GET", "/tenants/-bad", "").statusCode()).isEqualTo(400);
    assertThat(operator("PATCH", "/tenants", "").statusCode()).isEqualTo(405);
  }

  /// Runs a command line, and gives what it printed, errors behind the rest.
  private String run(String... arguments) throws Exception {
    folder.announce(
        new ServerInfo(
            ProcessHandle.current().pid(), server.port(), server.adminPort(), server.adminToken()));
    return runWithoutServer(arguments);
  }

  private String runWithoutServer(String... arguments) {
    var line = Main.commandLine();
    var out = new StringWriter();
    var err = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", temp.resolve("data").toString()));
    int _ = line.execute(all.toArray(String[]::new));
    return out.toString() + err;
  }

  @Test
  void isLedFromTheCommandLine() throws Exception {
    assertThat(run("tenants", "create", "shop")).contains("Tenant shop is there");
    assertThat(run("tenants")).contains("tenant |").contains("shop   |").contains("(2 rows)");
    assertThat(run("tenants", "--json")).startsWith("{\"tenants\":[{\"tenant\":\"filed\"");
    String secret = run("keys", "create", "shop", "--expires", "90d").strip();
    assertThat(send(secret)).isEqualTo(200);
    String keys = run("keys", "list", "shop");
    assertThat(keys).contains("ingest").doesNotContain(secret);
    String id = keys.lines().skip(2).findFirst().orElse("").replaceFirst(" .*", "");
    String next = run("keys", "rotate", "shop", id, "--overlap", "1h").strip();
    assertThat(send(next)).isEqualTo(200);
    assertThat(run("keys", "revoke", "shop", id)).contains("opens nothing any more");
    assertThat(send(secret)).isEqualTo(401);
    assertThat(run("tenants", "show", "shop")).startsWith("{\"id\":\"shop\"");
    assertThat(run("lag")).contains("(0 rows)");
    assertThat(run("sinks")).contains("(0 rows)");
    assertThat(run("audit", "--tenant", "shop")).contains("key.rotate").contains("tenant.create");
    assertThat(run("tenants", "delete", "filed")).contains("is named in the file");
    assertThat(run("tenants", "delete", "shop")).contains("are gone");
  }

  @Test
  void theCommandLineSaysThatNoServerRuns() {
    assertThat(runWithoutServer("tenants"))
        .contains("no server runs on the data folder")
        .contains("pulsegate serve");
  }
}
