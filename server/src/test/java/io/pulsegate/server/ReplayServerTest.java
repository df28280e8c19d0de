package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
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

/// Replays through a whole server with two sinks, over HTTP and from the command line.
class ReplayServerTest {
  @TempDir Path temp;

  private final HttpClient client = HttpClient.newHttpClient();
  private ServerConfig config;
  private DataFolder folder;
  private Server server;

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
          - {id: mine, keys: [mine-key]}
          - {id: other, keys: [other-key]}
        sinks:
          a: {type: duckdb, path: %1$s/a.duckdb}
          hook: {type: webhook, url: "http://127.0.0.1:9/", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", allow_private_networks: true}
        """
            .formatted(temp));
    config =
        ((Checked.Valid) ConfigLoader.load(Optional.of(file), Map.of(), Map.of()).checked())
            .config();
    folder = DataFolder.open(config.data());
    begin();
  }

  private void begin() throws Exception {
    server = Wiring.start(config, folder);
    folder.announce(
        new ServerInfo(
            ProcessHandle.current().pid(), server.port(), server.adminPort(), server.adminToken()));
  }

  @AfterEach
  void stop() {
    server.close();
    folder.close();
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

  private HttpResponse<String> ask(String method, String path, String key, String body)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
            .header("Authorization", "Bearer " + key)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String keyOf(String tenant, String scopes) throws Exception {
    String made =
        ask(
                "POST",
                "/tenants/" + tenant + "/keys",
                server.adminToken(),
                "{\"scopes\":[" + scopes + "]}")
            .body();
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

  private String rows() throws InterruptedException {
    var query =
        new Query(
            "select event_id, payload from events order by 1",
            1_000,
            Duration.ofSeconds(30),
            AnswerFormat.CSV,
            "a");
    return switch (SqlClient.ask(config, query)) {
      case SqlClient.Reply.Shown(String text, boolean _) -> text.replace("\r\n", " ");
      case SqlClient.Reply.Failed(String reason) -> reason;
    };
  }

  private void sendSome() throws Exception {
    send(
        "mine-key",
        """
        [{"event_id":"1","event_type":"order","payload":{"n":1}},
         {"event_id":"2","event_type":"click","payload":{"n":2}},
         {"event_id":"3","event_type":"order","payload":{"n":3}}]\
        """);
    send("other-key", "{\"event_id\":\"9\",\"event_type\":\"order\",\"payload\":{\"n\":9}}");
    assertThat(server.drain(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void countsFirstThenPutsBackWhatIsMissingAndDoublesNothing() throws Exception {
    sendSome();
    assertThat(run("replay", "start", "--tenant", "mine", "--type", "ord*", "--dry-run"))
        .contains("events: 2")
        .contains("state: done");
    String missing = "replay start --tenant mine --sink a --follow";
    assertThat(run(missing.split(" "))).contains("state: done").contains("delivered: 3");
    assertThat(rows()).contains("1,").contains("9,").hasLineCount(1);
    assertThat(rows().split(" ")).hasSize(5);
    assertThat(run("replay")).contains("(2 rows)").contains("count").contains("done");
    assertThat(run("audit")).contains("replay.replay").contains("replay.count");
  }

  @Test
  void refusesWhatASinkCannotDoAndSaysWhatItCan() throws Exception {
    sendSome();
    assertThat(run("replay", "start", "--sink", "hook", "--mode", "overwrite"))
        .contains("sink hook cannot overwrite")
        .contains("again");
    assertThat(run("replay", "start", "--sink", "nowhere")).contains("there is no sink nowhere");
    assertThat(run("replay", "start", "--sink", "a", "--from", "2199-01-01T00:00:00Z"))
        .contains("there is nothing in that range");
    assertThat(run("replay", "start", "--sink", "a", "--from", "noon"))
        .contains("from must be a time such as");
    assertThat(run("replay", "start", "--sink", "a", "--field", "x"))
        .contains("a field is path=value");
    assertThat(run("replay", "pause", "77")).contains("there is no replay 77");
  }

  @Test
  void isPausedSurvivesARestartIsResumedAndCancelled() throws Exception {
    var events = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      events.append("{\"event_type\":\"x\",\"event_id\":\"").append(i).append("\"}\n");
    }
    send("mine-key", "[" + events.toString().strip().replace("\n", ",") + "]");
    assertThat(server.drain(Duration.ofSeconds(30))).isTrue();
    assertThat(run("replay", "start", "--sink", "hook", "--mode", "again"))
        .contains("there is nothing in that range");
    // Four writes with half a second between them.
    assertThat(run("replay", "start", "--sink", "a", "--rate", "100", "--mode", "again"))
        .contains("id: 1");
    assertThat(run("replay", "pause", "1")).contains("state: paused");
    server.close();
    begin();
    assertThat(run("replay", "show", "1")).contains("state: paused");
    assertThat(run("replay", "pause", "1")).contains("replay 1 is paused");
    assertThat(run("replay", "resume", "1")).contains("id: 1");
    assertThat(run("replay", "watch", "1")).contains("state: done");
    assertThat(rows().split(" ")).as("each twice, and the head").hasSize(401);
    assertThat(run("replay", "cancel", "1")).contains("replay 1 is done");
    assertThat(run("audit")).contains("replay.pause").contains("replay.resume");
  }

  @Test
  void showsWhatOtherSettingsWouldChange() throws Exception {
    sendSome();
    Path candidate = temp.resolve("candidate.json");
    Files.writeString(
        candidate,
        """
        {"id":"mine","routes":[{"name":"orders","event_types":["order"],
          "transform":[{"name":"field_normalizer","config":{"rename":{"n":"number"}}}],
          "sinks":[{"name":"a"}]}]}\
        """);
    assertThat(run("replay", "diff", "mine", "--settings", candidate.toString(), "--sink", "a"))
        .contains("kept -> dropped: not_routed: 1")
        .contains("kept -> kept, changed: 2")
        .contains("number: 2")
        .contains("then: {\"number\":1}");
    assertThat(rows()).doesNotContain("number");
    Files.writeString(candidate, "{\"id\":\"mine\",\"routes\":[{\"name\":\"x\",\"sinkz\":[]}]}");
    assertThat(run("replay", "diff", "mine", "--settings", candidate.toString()))
        .contains("the candidate cannot be taken");
  }

  @Test
  void ofATenantsKeyReachesItsOwnEventsAlone() throws Exception {
    sendSome();
    String mine = keyOf("mine", "\"read\",\"admin\"");
    assertThat(
            ask("POST", "/replays", mine, "{\"tenant\":\"other\",\"sinks\":[\"a\"]}").statusCode())
        .isEqualTo(404);
    assertThat(ask("POST", "/replays", mine, "{\"sinks\":[\"a\"],\"dry_run\":true}").body())
        .contains("\"tenant\":\"mine\"");
    ask("POST", "/replays", server.adminToken(), "{\"sinks\":[\"a\"],\"dry_run\":true}");
    assertThat(ask("GET", "/replays?tenant=other", mine, "").body()).doesNotContain("\"id\":2");
    assertThat(ask("GET", "/replays/2", mine, "").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/replays/2/cancel", mine, "").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/tenants/other/replays/diff", mine, "{\"id\":\"other\"}").statusCode())
        .isEqualTo(404);
    String reader = keyOf("mine", "\"read\"");
    assertThat(ask("POST", "/replays", reader, "{\"sinks\":[\"a\"]}").statusCode()).isEqualTo(403);
  }
}
