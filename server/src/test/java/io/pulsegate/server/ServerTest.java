package io.pulsegate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.sql.AnswerFormat;
import io.pulsegate.server.sql.Query;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole server in this process: real log, DuckDB, SQLite and HTTP.
class ServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /// The example of seed 004.
  private static final String EXAMPLE =
      """
      {
          "event_type": "user_sign_up",
          "user_id": "u_123",
          "ip": "8.8.8.8",
          "timestamp": "2025-03-01T12:00:00Z"
        }\
      """;

  @TempDir Path temp;

  private final HttpClient client = HttpClient.newHttpClient();

  private ServerConfig config(String... flags) throws StartException {
    var given = new java.util.HashMap<String, String>();
    given.put("--data", temp.resolve("data").toString());
    given.put("--port", "0");
    given.put("--admin-port", "0");
    for (int i = 0; i < flags.length; i += 2) {
      given.put(flags[i], flags[i + 1]);
    }
    Checked checked = ConfigLoader.load(Optional.empty(), given, Map.of()).checked();
    assertThat(checked).isInstanceOf(Checked.Valid.class);
    return ((Checked.Valid) checked).config();
  }

  private static void announce(DataFolder folder, Server server) throws IOException {
    folder.announce(
        new ServerInfo(
            ProcessHandle.current().pid(), server.port(), server.adminPort(), server.adminToken()));
  }

  private HttpResponse<String> post(Server server, String body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/events"))
            .header("X-API-Key", "demo")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(int port, String path, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String sql(ServerConfig config, String sql) throws InterruptedException {
    var query = new Query(sql, 100, LIMIT, AnswerFormat.CSV, "");
    return switch (SqlClient.ask(config, query)) {
      case SqlClient.Reply.Shown(String text, boolean _) -> text;
      case SqlClient.Reply.Failed(String reason) -> "failed: " + reason;
    };
  }

  @Test
  void takesTheSeedsExampleKeepsItAndAnswersQueriesRunningOrNot() throws Exception {
    ServerConfig config = config();
    String count = "select event_type, count(*) as n from events group by 1";
    try (DataFolder folder = DataFolder.open(config.data())) {
      Server server = Wiring.start(config, folder);
      announce(folder, server);
      HttpResponse<String> reply = post(server, EXAMPLE);
      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.body()).contains("\"accepted\":1").contains("\"durability\":\"disk\"");
      assertThat(server.stop(LIMIT)).isTrue();
    }
    assertThat(sql(config, count)).isEqualTo("event_type,n\r\nuser_sign_up,1\r\n");

    try (DataFolder folder = DataFolder.open(config.data())) {
      Server server = Wiring.start(config, folder);
      announce(folder, server);
      assertThat(sql(config, count)).isEqualTo("event_type,n\r\nuser_sign_up,1\r\n");
      assertThat(sql(config, "drop table events")).startsWith("failed: ");
      assertThat(post(server, "{\"event_type\":\"again\",\"event_id\":\"e1\"}").body())
          .contains("\"accepted\":1");
      assertThat(post(server, "{\"event_type\":\"again\",\"event_id\":\"e1\"}").body())
          .contains("\"duplicates\":1");
      assertThat(server.stop(LIMIT)).isTrue();
    }
    assertThat(sql(config, count + " order by 1"))
        .isEqualTo("event_type,n\r\nagain,1\r\nuser_sign_up,1\r\n");

    try (DataFolder folder = DataFolder.open(config.data());
        Server server = Wiring.start(config, folder)) {
      assertThat(post(server, "{\"event_type\":\"again\",\"event_id\":\"e1\"}").body())
          .as("the deduplication key and window outlast a restart")
          .contains("\"duplicates\":1");
    }
  }

  @Test
  void showsHealthReadinessAndMetricsToEverybody() throws Exception {
    ServerConfig config = config();
    try (DataFolder folder = DataFolder.open(config.data());
        Server server = Wiring.start(config, folder)) {
      assertThat(get(server.port(), "/health").body()).contains("\"status\":\"ok\"");
      HttpResponse<String> ready = get(server.port(), "/ready");
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body())
          .contains("\"accepting\":true")
          .contains("\"name\":\"duckdb\"")
          .contains("\"state_store\":{\"status\":\"ok\"}");
      post(server, EXAMPLE);
      HttpResponse<String> metrics = get(server.port(), "/metrics");
      assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
      assertThat(metrics.body())
          .contains("pulsegate_ingest_requests_total{")
          .contains("pulsegate_ingest_latency_ms_bucket{")
          .contains("pulsegate_stream_lag{sink=\"duckdb\"}");
      assertThat(get(server.port(), "/metrics", "Accept", "application/openmetrics-text").body())
          .endsWith("# EOF\n");
    }
  }

  @Test
  void opensTheAdminPortToTheTokenUnderALoopbackNameOnly() throws Exception {
    ServerConfig config = config();
    try (DataFolder folder = DataFolder.open(config.data());
        Server server = Wiring.start(config, folder)) {
      int port = server.adminPort();
      String bearer = "Bearer " + server.adminToken();
      assertThat(get(port, "/sinks").statusCode()).isEqualTo(401);
      assertThat(get(port, "/sinks", "Authorization", "Bearer wrong").statusCode()).isEqualTo(401);
      HttpResponse<String> sinks = get(port, "/sinks", "Authorization", bearer);
      assertThat(sinks.statusCode()).isEqualTo(200);
      assertThat(sinks.body()).contains("\"name\":\"duckdb\"");
      assertThat(get(port, "/dead-letters?limit=5", "Authorization", bearer).body())
          .isEqualTo("{\"dead_letters\":[]}\n");
      assertThat(get(port, "/dead-letters?limit=0", "Authorization", bearer).statusCode())
          .isEqualTo(400);
      assertThat(get(server.port(), "/sinks").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void acceptsEventsWhileTheStateStoreIsDamagedAndSaysSo() throws Exception {
    ServerConfig config = config();
    Files.createDirectories(config.data());
    Files.writeString(config.data().resolve("state.db"), "no database at all".repeat(500));
    try (DataFolder folder = DataFolder.open(config.data());
        Server server = Wiring.start(config, folder)) {
      assertThat(post(server, EXAMPLE).statusCode()).isEqualTo(200);
      HttpResponse<String> ready = get(server.port(), "/ready");
      assertThat(ready.statusCode()).isEqualTo(200);
      assertThat(ready.body()).contains("\"state_store\":{\"status\":\"trouble\",\"reason\":");
    }
  }

  @Test
  void refusesASecondServerOnTheSameFolderAndNamesTheFirst() throws Exception {
    ServerConfig config = config();
    try (DataFolder folder = DataFolder.open(config.data())) {
      new ServerInfo(4711, 8080, 8081, "secret-token").write(folder.path());
      assertThatThrownBy(() -> DataFolder.open(config.data()))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("pid 4711, port 8080")
          .hasMessageContaining("--data");
    }
    try (DataFolder again = DataFolder.open(config.data())) {
      assertThat(again.path()).isDirectory();
    }
  }

  @Test
  void saysWhichPortIsTakenAndLeavesTheFolderFree() throws Exception {
    try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      ServerConfig config = config("--port", Integer.toString(taken.getLocalPort()));
      try (DataFolder folder = DataFolder.open(config.data())) {
        assertThatThrownBy(() -> Wiring.start(config, folder))
            .isInstanceOf(StartException.class)
            .hasMessageStartingWith("port " + taken.getLocalPort() + " is taken")
            .hasMessageEndingWith("choose another with --port");
      }
      ServerConfig other = config();
      try (DataFolder folder = DataFolder.open(other.data());
          Server server = Wiring.start(other, folder)) {
        assertThat(post(server, EXAMPLE).statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void findsATakenPortBeforeItMakesTheFolder() throws Exception {
    try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      Path data = temp.resolve("new");
      String port = Integer.toString(taken.getLocalPort());
      var err = new StringWriter();
      var line = Main.commandLine().setErr(new PrintWriter(err, true));
      int exit =
          line.execute("serve", "--data", data.toString(), "--port", "0", "--admin-port", port);
      assertThat(exit).isEqualTo(1);
      assertThat(err.toString())
          .contains("port " + port + " is taken")
          .contains("--admin-port")
          .doesNotContain("--port");
      assertThat(data).doesNotExist();
    }
  }

  @Test
  void keepsSecretsReadableByTheirOwnerOnly() throws Exception {
    ServerConfig config = config();
    try (DataFolder folder = DataFolder.open(config.data());
        Server server = Wiring.start(config, folder)) {
      announce(folder, server);
      for (String name : new String[] {"admin.token", "hash.key", "server.info"}) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(folder.path().resolve(name))))
            .isEqualTo("rw-------");
      }
    }
    assertThat(config.data().resolve("server.info")).doesNotExist();
  }

  @Test
  void asksTheFileWhereTheServerHasDied() throws Exception {
    ServerConfig config = config();
    try (DataFolder folder = DataFolder.open(config.data())) {
      Server server = Wiring.start(config, folder);
      post(server, EXAMPLE);
      assertThat(server.stop(LIMIT)).isTrue();
    }
    int freePort;
    try (var socket = new ServerSocket(0)) {
      freePort = socket.getLocalPort();
    }
    new ServerInfo(1, freePort, freePort, "x").write(config.data());
    assertThat(sql(config, "select count(*) as n from events")).isEqualTo("n\r\n1\r\n");
  }

  @Test
  void saysWhatToDoWhereThereIsNothingToAsk() throws Exception {
    assertThat(sql(config(), "select 1")).contains("no server runs").contains("pulsegate serve");
  }
}
