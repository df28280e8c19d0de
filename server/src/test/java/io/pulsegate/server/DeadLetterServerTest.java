package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.sql.AnswerFormat;
import io.pulsegate.server.sql.Query;
import io.pulsegate.server.state.StateStore;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
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

/// Dead letters through a whole server with two sinks, over HTTP and from the command line.
class DeadLetterServerTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

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
          b: {type: duckdb, path: %1$s/b.duckdb}
        """
            .formatted(temp));
    config =
        ((Checked.Valid) ConfigLoader.load(Optional.of(file), Map.of(), Map.of()).checked())
            .config();
    folder = DataFolder.open(config.data());
    server = Wiring.start(config, folder);
    folder.announce(
        new ServerInfo(
            ProcessHandle.current().pid(), server.port(), server.adminPort(), server.adminToken()));
    try (StateStore store = StateStore.open(folder.stateFile())) {
      store.put(
          List.of(
              letter(1, "mine", "order", "22P05"),
              letter(2, "mine", "click", "22P05"),
              letter(3, "other", "order", "23505")));
    }
  }

  private static DeadLetter letter(long offset, String tenant, String type, String code) {
    var lane = new LaneKey(new TenantId(tenant), 1);
    var event =
        new Event(
            "e-" + offset,
            lane.tenant(),
            type,
            TIME,
            TIME,
            "{\"who\":\"" + tenant + "\",\"n\":1e999}",
            Source.HTTP,
            "native",
            Optional.of("trace"),
            Optional.of("key-" + offset),
            Optional.empty());
    return new DeadLetter(
        "log-1",
        0,
        offset,
        0,
        "a",
        0,
        lane,
        event,
        "sink",
        "a",
        code,
        "the column is too short",
        3,
        TIME,
        TIME.plusSeconds(offset));
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

  private String keyOf(String tenant) throws Exception {
    String made =
        operator("POST", "/tenants/" + tenant + "/keys", "{\"scopes\":[\"read\",\"admin\"]}")
            .body();
    Matcher matcher = Pattern.compile("\"secret\":\"([^\"]+)\"").matcher(made);
    assertThat(matcher.find()).isTrue();
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

  private String rows(String sink) throws InterruptedException {
    var query =
        new Query(
            "select event_id, event_type from events order by 1",
            100,
            Duration.ofSeconds(30),
            AnswerFormat.CSV,
            sink);
    return switch (SqlClient.ask(config, query)) {
      case SqlClient.Reply.Shown(String text, boolean _) -> text.replace("\r\n", " ");
      case SqlClient.Reply.Failed(String reason) -> reason;
    };
  }

  @Test
  void areListedSearchedShownAndExported() throws Exception {
    assertThat(run("dlq")).contains("(3 rows)").contains("the column is too short");
    assertThat(run("dlq", "--tenant", "mine", "--type", "order"))
        .contains("(1 row)")
        .contains("e-1");
    assertThat(run("dlq", "--code", "23505", "--json")).contains("e-3").doesNotContain("e-1");
    assertThat(run("dlq", "--event", "e-2")).contains("(1 row)");
    assertThat(run("dlq", "--from", "2026-01-02T03:04:08Z")).contains("(1 row)").contains("e-3");
    assertThat(run("dlq", "--from", "yesterday")).contains("must be times such as");
    assertThat(run("dlq", "show", "1"))
        .contains("\"payload\":{\"who\":\"mine\",\"n\":1e999}")
        .contains("\"attempts\":3");
    assertThat(run("dlq", "export", "--tenant", "mine").lines()).hasSize(2);
    HttpResponse<String> first = operator("GET", "/dead-letters/export?limit=2", "");
    assertThat(first.body().lines()).hasSize(2);
    assertThat(first.headers().firstValue("PulseGate-Next")).contains("2");
    assertThat(operator("GET", "/audit", "").body()).contains("letter.export");
  }

  @Test
  void areDiscardedWithALineInTheAuditLog() throws Exception {
    assertThat(run("dlq", "discard", "2")).contains("1 discarded");
    assertThat(run("dlq", "discard", "--tenant", "mine")).contains("name a filter");
    assertThat(run("dlq", "discard", "--code", "23505")).contains("1 discarded");
    assertThat(run("dlq", "discard", "--all")).contains("1 discarded");
    assertThat(run("dlq")).contains("(0 rows)");
    assertThat(operator("GET", "/audit", "").body())
        .contains("1 letters, by code=23505")
        .contains("event e-2, 22P05");
  }

  @Test
  void areRedrivenToTheSinkThatFailedAloneOnceHoweverOftenItIsAsked() throws Exception {
    assertThat(run("dlq", "redrive", "--tenant", "mine")).contains("2 redriven");
    assertThat(run("dlq", "redrive", "1")).contains("0 redriven").contains("redriven already");
    // As after a crash between the log and the state store.
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.stateFile());
        var statement = connection.createStatement()) {
      statement.execute("UPDATE dead_letters SET redriven_at = NULL");
    }
    assertThat(run("dlq", "redrive", "1")).contains("1 redriven");
    assertThat(run("dlq", "redrive", "--code", "23505")).contains("1 redriven");
    assertThat(server.drain(Duration.ofSeconds(30))).isTrue();
    assertThat(rows("a")).isEqualTo("event_id,event_type e-1,order e-2,click e-3,order ");
    assertThat(rows("b")).isEqualTo("event_id,event_type ");
    assertThat(run("dlq", "--redriven")).contains("(2 rows)");
    assertThat(operator("GET", "/audit", "").body()).contains("2 letters to sink a");
  }

  /// Those of replays cannot be redriven, and there are more of them than one request takes.
  @Test
  void thatCannotBeRedrivenDoNotStandBeforeTheOthers() throws Exception {
    var stuck = new ArrayList<DeadLetter>();
    for (int i = 0; i < 1_100; i++) {
      stuck.add(ofReplay(letter(100 + i, "other", "order", "HOL")));
    }
    try (StateStore store = StateStore.open(folder.stateFile())) {
      store.put(stuck);
      store.put(List.of(letter(2_000, "other", "order", "HOL")));
    }
    assertThat(run("dlq", "redrive", "--code", "HOL"))
        .contains("it failed in replay 7")
        .contains("1 redriven");
    assertThat(server.drain(Duration.ofSeconds(30))).isTrue();
    assertThat(rows("a")).contains("e-2000");
  }

  private static DeadLetter ofReplay(DeadLetter letter) {
    return new DeadLetter(
        letter.logId(),
        letter.partition(),
        letter.offset(),
        letter.child(),
        letter.sink(),
        7,
        letter.lane(),
        letter.event(),
        letter.stage(),
        letter.component(),
        letter.code(),
        letter.reason(),
        letter.attempts(),
        letter.firstFailure(),
        letter.lastFailure());
  }

  @Test
  void ofAnotherTenantAreOutOfReach() throws Exception {
    String mine = keyOf("mine");
    assertThat(ask("GET", "/dead-letters?tenant=other", mine, "").body())
        .contains("e-1")
        .doesNotContain("e-3");
    assertThat(ask("GET", "/dead-letters/export?tenant=other", mine, "").body())
        .doesNotContain("e-3");
    assertThat(ask("GET", "/dead-letters/3", mine, "").statusCode()).isEqualTo(404);
    assertThat(ask("DELETE", "/dead-letters/3", mine, "").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/dead-letters/3/redrive", mine, "").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/dead-letters/redrive", mine, "{\"tenant\":\"other\"}").body())
        .contains("\"redriven\":2");
    assertThat(
            ask("POST", "/dead-letters/discard", mine, "{\"tenant\":\"other\",\"all\":true}")
                .body())
        .contains("\"discarded\":0");
    assertThat(operator("GET", "/dead-letters/3", "").body()).contains("e-3");
    assertThat(ask("GET", "/audit?tenant=other", mine, "").body()).doesNotContain("\"other\"");
  }

  @Test
  void whoseTenantOrSinkIsGoneSayWhyTheyStillWait() throws Exception {
    try (StateStore store = StateStore.open(folder.stateFile())) {
      store.put(List.of(letter(4, "gone", "order", "X")));
    }
    assertThat(run("dlq", "redrive", "--tenant", "gone"))
        .contains("0 redriven")
        .contains("its tenant is gone");
  }
}
