package io.pulsegate.server;

import io.pulsegate.server.AdminClient.Reply;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.sql.AnswerFormat;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What every command has that asks the running server: where it is, and how to print.
final class ServerOptions {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli before the command is called
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "The data folder of the server. Default: as for serve.")
  private @Nullable String data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration. Default: as for serve.")
  private @Nullable Path config;

  @Option(names = "--json", description = "Print JSON, for scripts.")
  private boolean json;

  boolean json() {
    return json;
  }

  CommandLine commandLine() {
    return spec.commandLine();
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /// Prints a list: as a table, or as JSON where that was asked.
  ///
  /// @param query parameters of the path
  int list(String path, Map<String, String> query) throws StartException {
    var all = new LinkedHashMap<>(query);
    all.put("format", (json ? AnswerFormat.JSON : AnswerFormat.TABLE).text());
    return send("GET", path + Urls.query(all), new byte[0], this::print);
  }

  /// Prints what came, and what the server has to say beside it.
  void print(Reply.Given given) {
    out().print(given.text());
    out().flush();
    Optional.ofNullable(given.headers().get("pulsegate-file-trouble"))
        .ifPresent(trouble -> err().println("pulsegate: the configuration file is " + trouble));
  }

  /// Asks the server.
  ///
  /// @param body empty for none
  /// @return the exit code
  int send(String method, String path, byte[] body, Consumer<Reply.Given> then)
      throws StartException {
    Map<String, String> flags = new LinkedHashMap<>();
    Optional.ofNullable(data).ifPresent(folder -> flags.put("--data", folder));
    var loaded = ConfigLoader.load(Optional.ofNullable(config), flags, System.getenv());
    return switch (loaded.checked()) {
      case Checked.Invalid(List<Problem> problems) -> {
        CheckCommand.problems(problems, loaded.file(), err());
        yield Main.FAILED;
      }
      case Checked.Valid(ServerConfig valid) -> {
        Reply reply =
            AdminClient.of(valid.data())
                .map(client -> client.ask(method, path, body, TIMEOUT))
                .orElseGet(Reply.NoServer::new);
        yield finish(reply, valid.data(), then);
      }
    };
  }

  private int finish(Reply reply, Path folder, Consumer<Reply.Given> then) {
    return switch (reply) {
      case Reply.Given given -> {
        then.accept(given);
        yield 0;
      }
      case Reply.Refused(String reason) -> {
        err().println("pulsegate: " + reason);
        yield Main.FAILED;
      }
      case Reply.NoServer() -> {
        err()
            .printf(
                Locale.ROOT,
                "pulsegate: no server runs on the data folder %s; start one with: pulsegate serve, or name its folder with --data%n",
                folder.toAbsolutePath().normalize());
        yield Main.FAILED;
      }
    };
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
