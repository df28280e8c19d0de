package io.pulsegate.server;

import io.pulsegate.api.Queryable;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.config.ServerConfig.SinkEntry;
import io.pulsegate.server.sql.Query;
import io.pulsegate.sinks.duckdb.DuckDbSink;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Asks a query where it can be answered: of the server that runs on the data folder, or, where
/// none does, of the DuckDB file itself, which only one process may open.
final class SqlClient {
  private static final int CONNECT_MILLIS = 2_000;
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final String DUCKDB = "duckdb";

  /// What the sink calls its file where the configuration names none.
  private static final String DUCKDB_FILE = "events.duckdb";

  private SqlClient() {}

  /// What came of it.
  sealed interface Reply {
    /// An answer, ready to be printed.
    record Shown(String text, boolean truncated) implements Reply {}

    /// None; the reason is for a person.
    record Failed(String reason) implements Reply {}
  }

  static Reply ask(ServerConfig config, Query query) throws InterruptedException {
    Path folder = config.data().toAbsolutePath().normalize();
    Optional<ServerInfo> server = ServerInfo.read(folder);
    if (server.isPresent()) {
      try {
        return askServer(server.get(), query);
      } catch (ConnectException itHasDied) {
        // Its info file is a leftover; the file can be opened.
      } catch (IOException e) {
        return new Reply.Failed(
            "the server (pid %d) did not answer: %s".formatted(server.get().pid(), e.getMessage()));
      }
    }
    return askFile(config, folder, query);
  }

  private static Reply askServer(ServerInfo server, Query query) throws IOException {
    var url = URI.create("http://127.0.0.1:" + server.adminPort() + "/sql").toURL();
    var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod("POST");
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout((int) query.timeout().plus(GRACE).toMillis());
    connection.setRequestProperty("Authorization", "Bearer " + server.token());
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    try (var out = connection.getOutputStream()) {
      out.write(query.toJson());
    }
    if (connection.getResponseCode() == HttpURLConnection.HTTP_OK) {
      try (InputStream in = connection.getInputStream()) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        boolean truncated = Boolean.parseBoolean(connection.getHeaderField(Query.TRUNCATED_HEADER));
        return new Reply.Shown(text, truncated);
      }
    }
    try (InputStream in = connection.getErrorStream()) {
      return new Reply.Failed(message(in == null ? new byte[0] : in.readAllBytes()));
    }
  }

  /// The message in `{"error":{"message":…}}`.
  private static String message(byte[] body) {
    try {
      var scanner = new JsonScanner();
      scanner.reset(body, 0, body.length);
      scanner.enterObject();
      while (scanner.nextField()) {
        if (scanner.fieldName().equals("error") && scanner.peek() == JsonKind.OBJECT) {
          scanner.enterObject();
          while (scanner.nextField()) {
            if (scanner.fieldName().equals("message") && scanner.skipValue() == JsonKind.STRING) {
              return scanner.text();
            }
          }
        }
      }
    } catch (JsonException | IllegalStateException notOurs) {
      // Shown as it came.
    }
    return "the server answered: " + new String(body, StandardCharsets.UTF_8);
  }

  private static Reply askFile(ServerConfig config, Path folder, Query query)
      throws InterruptedException {
    Optional<SinkEntry<?>> sink =
        config.sinks().stream()
            .filter(entry -> entry.factory().spec().name().equals(DUCKDB))
            .filter(entry -> query.sink().isEmpty() || query.sink().equals(entry.name()))
            .findFirst();
    if (sink.isEmpty()) {
      return new Reply.Failed(
          "no DuckDB sink%s is configured; other databases are asked with their own tools, such as psql"
              .formatted(query.sink().isEmpty() ? "" : " " + query.sink()));
    }
    Path file =
        sink.get().setting("path").map(Path::of).orElseGet(() -> folder.resolve(DUCKDB_FILE));
    if (!Files.exists(file)) {
      return new Reply.Failed(
          "no server runs on the data folder %s, and there is no database %s yet; start one with: pulsegate serve, or name the folder with --data"
              .formatted(folder, file));
    }
    try (var reader = DuckDbSink.openReadOnly(file)) {
      return switch (reader.query(query.sql(), query.rowsMax(), query.timeout())) {
        case Queryable.Answer.Table table ->
            new Reply.Shown(query.format().render(table), table.truncated());
        case Queryable.Answer.Failed(String reason) -> new Reply.Failed(reason);
      };
    }
  }
}
