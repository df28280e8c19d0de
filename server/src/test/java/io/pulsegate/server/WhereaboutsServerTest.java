package io.pulsegate.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator asks of a whole server: where an event is, who is halted, what is left of those
/// that were removed, and whether all adds up. One sink works, the other is away at first.
class WhereaboutsServerTest {
  private static final String NORMALIZE =
      "{name: field_normalizer, config: {cast: {n: number}, on_misfit: fail}}";

  @TempDir Path temp;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> received = new CopyOnWriteArrayList<>();
  private volatile int answer = 503;
  private HttpServer hook;
  private ServerConfig config;
  private DataFolder folder;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hook.createContext(
        "/",
        exchange -> {
          String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          if (answer == 200) {
            received.add(body);
          }
          exchange.sendResponseHeaders(answer, -1);
          exchange.close();
        });
    hook.start();
    begin(true);
  }

  private void begin(boolean withHook) throws Exception {
    Path file = temp.resolve("pulsegate.yaml");
    String away =
        "  hook: {type: webhook, url: \"http://127.0.0.1:%d/\", secret: \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\", allow_private_networks: true}\n"
            .formatted(hook.getAddress().getPort());
    Files.writeString(
        file,
        """
        data: %1$s/data
        server: {port: 0}
        admin: {port: 0}
        tenants:
          - id: shop
            keys: [shop-key]
            plugins:
              transform: [{name: filter, config: {action: drop, event_types: [noise]}}, %2$s]
              sinks: [{name: a}]
          - {id: other, keys: [other-key]}
          - id: strict
            keys: [strict-key]
            plugins: {transform: [%2$s], sinks: [{name: a}], on_poison: halt}
        sinks:
          a: {type: duckdb, path: %1$s/a.duckdb}
        %3$s\
        """
            .formatted(temp, NORMALIZE, withHook ? away : ""));
    config =
        ((Checked.Valid) ConfigLoader.load(Optional.of(file), Map.of(), Map.of()).checked())
            .config();
    folder = DataFolder.open(config.data());
    server = Wiring.start(config, folder);
    folder.announce(
        new ServerInfo(
            ProcessHandle.current().pid(), server.port(), server.adminPort(), server.adminToken()));
  }

  private void restart(boolean withHook) throws Exception {
    server.close();
    folder.close();
    begin(withHook);
  }

  @AfterEach
  void stop() {
    server.close();
    folder.close();
    hook.stop(0);
  }

  private void send(String key, String events) throws Exception {
    HttpResponse<String> reply =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/events"))
                .header("X-API-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(events))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
  }

  private String ask(String method, String path, String key, String body) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                .header("Authorization", "Bearer " + key)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private String operator(String method, String path, String body) throws Exception {
    return ask(method, path, server.adminToken(), body);
  }

  private String secret(String tenant, String scope) throws Exception {
    String made =
        operator("POST", "/tenants/" + tenant + "/keys", "{\"scopes\":[\"" + scope + "\"]}");
    Matcher matcher = Pattern.compile("\"secret\":\"([^\"]+)\"").matcher(made);
    assertThat(matcher.find()).as(made).isTrue();
    return matcher.group(1);
  }

  private String run(String... arguments) {
    var line = Main.commandLine();
    var out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(out, true));
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--data", config.data().toString()));
    int _ = line.execute(all.toArray(String[]::new));
    return out.toString();
  }

  private void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("it did not come: " + run("sinks") + received);
      }
      Thread.onSpinWait();
    }
  }

  private void awaitSettledAt(String sink) {
    await(() ->
        run("sinks", "--json")
            .contains("\"name\":\"" + sink + "\",\"state\":\"running\",\"lag_events\":0"));
  }

  @Test
  void saysWhereAnEventIsAtEachSinkAndWhatHasBecomeOfItsDeadLetter() throws Exception {
    send(
        "shop-key",
        """
        [{"event_id":"e1","event_type":"order","payload":{"n":1}},
         {"event_id":"e2","event_type":"noise","payload":{"n":1}},
         {"event_id":"e3","event_type":"order","payload":{"n":"many"}}]\
        """);
    send("other-key", "{\"event_id\":\"e1\",\"event_type\":\"click\",\"payload\":{}}");
    awaitSettledAt("a");
    String found = run("where", "e1", "--json");
    assertThat(found)
        .containsPattern(
            "\"offset\":0,.*\"tenant\":\"shop\",.*\"sink\":\"a\",\"state\":\"delivered\"")
        .containsPattern(
            "\"offset\":3,.*\"tenant\":\"other\",.*\"sink\":\"hook\",\"state\":\"waiting\"");
    assertThat(run("where", "e2", "--tenant", "shop"))
        .contains("dropped")
        .contains("by the transforms of now");
    String dead = run("where", "e3", "--json");
    Matcher letter = Pattern.compile("\"dead_letter\",\"dead_letter\":(\\d+)").matcher(dead);
    assertThat(letter.find()).as(dead).isTrue();
    assertThat(run("dlq", "show", letter.group(1))).contains("\"event_id\":\"e3\"");
    assertThat(run("dlq", "discard", letter.group(1))).contains("1 discarded");
    assertThat(run("where", "e3")).contains("discarded").contains("dead letter " + letter.group(1));
    assertThat(run("where", "nowhere")).contains("has no such event");
    String mine = secret("other", "read");
    assertThat(ask("GET", "/where?event_id=e1&tenant=shop", mine, ""))
        .contains("\"tenant\":\"other\"")
        .doesNotContain("shop");
    assertThat(ask("GET", "/where?event_id=e3", mine, "")).contains("\"places\":[]");
  }

  @Test
  void aHaltedTenantIsShownAndGoesOnWhenItsEventIsSkipped() throws Exception {
    send(
        "strict-key",
        """
        [{"event_id":"s1","event_type":"order","payload":{"n":1}},
         {"event_id":"s2","event_type":"order","payload":{"n":"many"}},
         {"event_id":"s3","event_type":"order","payload":{"n":3}}]\
        """);
    send("other-key", "{\"event_id\":\"o1\",\"event_type\":\"click\",\"payload\":{}}");
    await(() -> run("halts").contains("(1 row)"));
    assertThat(run("halts", "--tenant", "other")).contains("(0 rows)");
    assertThat(run("dlq")).contains("(0 rows)");
    assertThat(run("where", "s3")).contains("waiting").contains("halted at offset 1");
    String other = secret("other", "read\",\"admin");
    assertThat(ask("GET", "/halts?tenant=strict", other, "")).contains("\"halts\":[]");
    assertThat(ask("POST", "/sinks/a/halts/strict/skip", other, "")).contains("no tenant strict");
    assertThat(run("halts", "skip", "hook", "strict")).contains("not halted");
    assertThat(run("halts", "retry", "a", "strict")).contains("\"offset\":1");
    await(() -> run("halts").contains("(1 row)"));
    restart(true);
    await(() -> run("halts").contains("(1 row)"));
    assertThat(run("halts", "skip", "a", "strict")).contains("\"offset\":1");
    awaitSettledAt("a");
    assertThat(run("dlq")).contains("s2").contains("(1 row)");
    assertThat(run("where", "s3")).contains("delivered");
    assertThat(run("sinks", "--json"))
        .contains("\"unaccounted\":0")
        .doesNotContain("\"unaccounted\":-");
    assertThat(operator("GET", "/audit", "")).contains("halt.skip").contains("halt.retry");
  }

  @Test
  void eventsOfARemovedTenantGoNowhereAsTheyAre() throws Exception {
    String made =
        operator(
            "POST",
            "/tenants",
            "{\"id\":\"gone\",\"plugins\":{\"transform\":[{\"name\":\"field_normalizer\",\"config\":{\"drop\":[\"secret\"]}}],\"sinks\":[{\"name\":\"hook\"}]}}");
    assertThat(made).contains("\"id\":\"gone\"");
    String key = secret("gone", "ingest");
    send(key, "{\"event_id\":\"g1\",\"event_type\":\"order\",\"payload\":{\"secret\":\"s3cret\"}}");
    assertThat(run("tenants", "delete", "gone")).contains("are gone");
    restart(true);
    answer = 200;
    send("other-key", "{\"event_id\":\"o1\",\"event_type\":\"click\",\"payload\":{}}");
    await(() -> received.stream().anyMatch(body -> body.contains("o1")));
    await(() -> run("sinks", "--json").contains("\"tenant\":\"gone#1\""));
    assertThat(run("orphans")).contains("gone#1").contains("(1 row)");
    assertThat(run("where", "g1")).contains("waiting").contains("its tenant is no more");
    assertThat(run("orphans", "drop", "other")).contains("delete it first");
    assertThat(run("orphans", "drop", "gone")).contains("gone");
    awaitSettledAt("hook");
    assertThat(received).noneMatch(body -> body.contains("s3cret") || body.contains("g1"));
    assertThat(run("orphans")).contains("(0 rows)");
    assertThat(run("sinks", "--json")).doesNotContain("\"unaccounted\":-");
    assertThat(operator("GET", "/audit", "")).contains("tenant.drop");
    assertThat(run("tenants", "create", "gone")).contains("is there");
    send(
        secret("gone", "ingest"),
        "{\"event_id\":\"g2\",\"event_type\":\"order\",\"payload\":{\"n\":2}}");
    await(() -> received.stream().anyMatch(body -> body.contains("\"n\":2")));
  }

  @Test
  void aRemovedSinkIsKeptUntilItIsForgotten() throws Exception {
    send("other-key", "{\"event_id\":\"o1\",\"event_type\":\"click\",\"payload\":{}}");
    restart(false);
    assertThat(run("orphans")).contains("hook").contains("(1 row)");
    assertThat(operator("DELETE", "/orphans/sinks/a", "")).contains("no sink a that was removed");
    assertThat(run("orphans", "forget", "hook")).contains("\"dropped\":1");
    assertThat(run("orphans")).contains("(0 rows)");
    assertThat(operator("GET", "/audit", "")).contains("sink.forget").contains("1 events");
    restart(false);
    assertThat(run("orphans")).contains("(0 rows)");
  }
}
