package io.pulsegate.server;

import io.pulsegate.api.Queryable;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.config.ServerConfig.SinkEntry;
import io.pulsegate.server.sql.Query;
import io.pulsegate.sinks.duckdb.DuckDbSink;
import java.io.IOException;
import java.nio.file.AccessMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Asks a query where it can be answered: of the server that runs on the data folder, or, where
/// none does, of the DuckDB file itself, which only one process may open.
final class SqlClient {
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
    Optional<AdminClient> server = AdminClient.of(folder);
    if (server.isEmpty()) {
      return askFile(config, folder, query);
    }
    return switch (server.get().ask("POST", "/sql", query.toJson(), query.timeout().plus(GRACE))) {
      case AdminClient.Reply.Given given ->
          new Reply.Shown(
              given.text(),
              Boolean.parseBoolean(
                  given.headers().get(Query.TRUNCATED_HEADER.toLowerCase(Locale.ROOT))));
      case AdminClient.Reply.Refused(String reason) -> new Reply.Failed(reason);
      // Its info file is a leftover; the database can be opened.
      case AdminClient.Reply.NoServer() -> askFile(config, folder, query);
    };
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
    try {
      file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
    } catch (NoSuchFileException none) {
      return new Reply.Failed(
          "no server runs on the data folder %s, and there is no database %s yet; start one with: pulsegate serve, or name the folder with --data"
              .formatted(folder, file));
    } catch (IOException e) {
      return new Reply.Failed("the database cannot be read: " + FileTrouble.of(e));
    }
    try (var reader = DuckDbSink.openReadOnly(file, config.log().diskKeepBytes())) {
      return switch (reader.query(query.sql(), query.rowsMax(), query.timeout())) {
        case Queryable.Answer.Table table ->
            new Reply.Shown(query.format().render(table), table.truncated());
        case Queryable.Answer.Failed(String reason) -> new Reply.Failed(reason);
      };
    }
  }
}
