package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.plugins.TestJar;
import io.pulsegate.server.sql.AnswerFormat;
import io.pulsegate.server.sql.Query;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Plugins from jars in a whole server: what they may do to their tenant, and not to the others.
class PluginServerTest {
  private static final String CLOSED = "pulsegate.test.closed";

  @TempDir Path temp;

  private final HttpClient client = HttpClient.newHttpClient();
  private Path file;
  private ServerConfig config;
  private DataFolder folder;
  private Server server;

  @BeforeEach
  void start() throws Exception {
    Path plugins = temp.resolve("plugins");
    TestJar.transform(
            "stamp",
            "return new Verdict.Keep(event.withPayload(event.payload().with(\"stamp\", new JsonText(\"v1\"))));")
        .write(plugins.resolve("stamp.jar"));
    TestJar.transform(
            "wild",
            """
            switch (event.type()) {
              case "throws" -> throw new IllegalStateException("no");
              case "loops" -> { while (true) { Thread.onSpinWait(); } }
              case "eats" -> {
                var all = new ArrayList<long[]>();
                while (true) { all.add(new long[Integer.MAX_VALUE - 8]); }
              }
              case "grows" -> {
                JsonObject object = event.payload();
                for (int i = 0; i < 10_000; i++) { object = JsonObject.EMPTY.with("x", object); }
                return new Verdict.Keep(event.withPayload(object));
              }
              case "nothing" -> { return null; }
              default -> { return new Verdict.Keep(event); }
            }
            """)
        .write(plugins.resolve("wild.jar"));
    TestJar.transform("closing", "return new Verdict.Keep(event);")
        .source(
            "closing.Factory",
            """
            package closing;
            import io.pulsegate.api.*;
            import java.util.*;
            public final class Factory implements TransformFactory<String> {
              static final Setting<String> NOTE = Setting.string("note", "A note.");
              @Override public ComponentSpec<String> spec() {
                return new ComponentSpec<>("closing", "9", "Notes.", List.<Setting<?>>of(NOTE), s -> s.get(NOTE));
              }
              @Override public Transform create(String note, TransformContext context) {
                if (note.equals("refused")) { throw new IllegalArgumentException("its file is away"); }
                return new Transform() {
                  @Override public Verdict apply(TransformEvent event) {
                    return new Verdict.Keep(event.withPayload(event.payload().with("note",
                        new io.pulsegate.json.JsonValue.JsonText(note))));
                  }
                  @Override public void close() {
                    System.setProperty("pulsegate.test.closed",
                        System.getProperty("pulsegate.test.closed", "") + note + " ");
                  }
                };
              }
            }
            """)
        .write(plugins.resolve("closing.jar"));
    Files.writeString(plugins.resolve("broken.jar"), "no jar");
    file =
        Files.writeString(
            temp.resolve("pulsegate.yaml"),
            """
            data: %1$s/data
            plugins: %1$s/plugins
            server: {port: 0}
            admin: {port: 0}
            delivery: {transform_timeout: 300ms}
            tenants:
              - {id: calm, keys: [calm], plugins: {transform: [{name: stamp}], sinks: [{name: db}]}}
              - {id: wild, keys: [wild], plugins: {transform: [{name: wild}], sinks: [{name: db}]}}
              - {id: eats, keys: [eats], plugins: {transform: [{name: wild}], sinks: [{name: db}]}}
              - id: noted
                keys: [noted]
                plugins:
                  transform: [{name: closing, config: {note: one}}]
                  sinks: [{name: db}]
            sinks:
              db: {type: duckdb, path: %1$s/db.duckdb}
            """
                .formatted(temp));
    Checked checked = ConfigLoader.load(Optional.of(file), Map.of(), Map.of()).checked();
    config = ((Checked.Valid) checked).config();
    folder = DataFolder.open(config.data());
    server = Wiring.start(config, folder);
    folder.announce(
        new ServerInfo(
            ProcessHandle.current().pid(), server.port(), server.adminPort(), server.adminToken()));
  }

  @AfterEach
  void stop() {
    System.clearProperty(CLOSED);
    server.close();
    folder.close();
  }

  private Checked check() throws StartException {
    return ConfigLoader.load(Optional.of(file), Map.of(), Map.of(), _ -> config.components())
        .checked();
  }

  private void send(String tenant, String type) throws Exception {
    HttpResponse<String> reply =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/events"))
                .header("X-API-Key", tenant)
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "{\"event_type\":\"%s\",\"event_id\":\"%s-%s\",\"payload\":{}}"
                            .formatted(type, tenant, type)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(reply.statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> operator(String method, String path, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
            .header("Authorization", "Bearer " + server.adminToken())
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String rows() throws InterruptedException {
    var query =
        new Query(
            "select event_id || ' ' || payload::varchar from events order by 1",
            100,
            Duration.ofSeconds(30),
            AnswerFormat.CSV,
            "db");
    return switch (SqlClient.ask(config, query)) {
      case SqlClient.Reply.Shown(String text, boolean _) -> text.replace("\"\"", "'");
      case SqlClient.Reply.Failed(String reason) -> reason;
    };
  }

  private interface Probe extends BooleanSupplier {
    boolean holds() throws Exception;

    @Override
    default boolean getAsBoolean() {
      try {
        return holds();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private void await(Probe probe) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!probe.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(rows() + operator("GET", "/sinks", "").body() + letters())
          .isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private String letters() throws Exception {
    return operator("GET", "/dead-letters", "").body();
  }

  @Test
  void whatAPluginDoesCostsItsTenantAloneAndNothingIsLost() throws Exception {
    for (String type : new String[] {"throws", "loops", "grows", "nothing", "good"}) {
      send("wild", type);
    }
    send("eats", "eats");
    send("calm", "good");
    await(() -> rows().contains("calm-good {'stamp':'v1'}") && rows().contains("wild-good"));
    await(() -> letters().contains("wild-loops"));
    assertThat(rows()).doesNotContain("throws", "loops", "grows", "nothing");
    assertThat(letters())
        .contains("transform_threw", "transform_timeout", "transform_output")
        .contains("wild-throws", "wild-grows", "wild-nothing")
        .doesNotContain("eats", "calm");
    await(() -> operator("GET", "/sinks", "").body().contains("OutOfMemoryError"));
    send("calm", "later");
    await(() -> rows().contains("calm-later"));
  }

  @Test
  void aChangeThatCannotBeMadeLeavesTheOldOneInForceAndSaysWhy() throws Exception {
    String before = Files.readString(file);
    Map<String, String> wrong =
        Map.of(
            "name: closing,", "there is no transform \"closin\"; did you mean closing?",
            "note: one",
                "tenants.noted: the transform closing of the route plugins cannot be made: its file is away");
    for (var change : wrong.entrySet()) {
      String after = change.getKey().equals("note: one") ? "note: refused" : "name: closin,";
      Files.writeString(file, before.replace(change.getKey(), after));
      server.look(file, this::check);
      assertThat(
              operator("GET", "/tenants", "")
                  .headers()
                  .firstValue("PulseGate-File-Trouble")
                  .orElse(""))
          .contains(change.getValue());
    }
    String body =
        "{\"id\":\"new\",\"plugins\":{\"transform\":[{\"name\":\"closing\",\"config\":{\"note\":\"refused\"}}],\"sinks\":[{\"name\":\"db\"}]}}";
    HttpResponse<String> refused = operator("POST", "/tenants", body);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.body()).contains("cannot be made: its file is away");
    assertThat(operator("POST", "/tenants", body.replace("note", "nota")).body())
        .contains("unknown key tenants.new.plugins.transform.closing.nota; did you mean note?");
    assertThat(operator("GET", "/tenants/new", "").statusCode()).isEqualTo(404);
    send("noted", "good");
    await(() -> rows().contains("noted-good {'note':'one'}"));
  }

  @Test
  void aReplacedTransformIsClosed() throws Exception {
    send("noted", "first");
    await(() -> rows().contains("noted-first {'note':'one'}"));
    Files.writeString(file, Files.readString(file).replace("note: one", "note: two"));
    server.look(file, this::check);
    await(() -> System.getProperty(CLOSED, "").equals("one "));
    send("noted", "second");
    await(() -> rows().contains("noted-second {'note':'two'}"));
    server.close();
    assertThat(System.getProperty(CLOSED)).isEqualTo("one two ");
  }

  @Test
  void areListedWithAndWithoutAServer() throws Exception {
    String table = run("plugins", "--plugins", temp.resolve("plugins").toString());
    assertThat(table)
        .containsPattern("stamp +\\| transform \\| +\\| stamp.jar +\\| note")
        .containsPattern("closing +\\| transform \\| 9 +\\| closing.jar +\\| note\\*")
        .containsPattern("duckdb +\\| sink +\\| \\S+ +\\| built in")
        .containsPattern("broken +\\| +\\| broken.jar +\\| it cannot be read as a jar");
    assertThat(run("plugins", "--json", "--plugins", temp.resolve("plugins").toString()))
        .contains("{\"name\":\"note\",\"type\":\"string\",\"required\":true,\"secret\":false");
    assertThat(operator("GET", "/plugins?format=table", "").body()).isEqualTo(table);
  }

  private static String run(String... arguments) {
    var line = Main.commandLine();
    var out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(out, true));
    int _ = line.execute(arguments);
    return out.toString();
  }
}
