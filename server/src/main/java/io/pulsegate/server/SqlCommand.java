package io.pulsegate.server;

import io.pulsegate.api.Setting;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.sql.AnswerFormat;
import io.pulsegate.server.sql.Query;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pulsegate sql`.
@Command(
    name = "sql",
    description =
        "Ask the embedded database, through the running server or without one. Read-only.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:answered",
      "1:the query was refused or failed, or there is nobody to ask",
      "2:wrong usage"
    },
    footer = {"", "Example:  pulsegate sql \"select event_type, count(*) from events group by 1\""})
final class SqlCommand implements Callable<Integer> {
  private static final int USAGE = 2;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Parameters(paramLabel = "QUERY", description = "One SELECT in DuckDB's SQL.")
  private String sql = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, csv or json. Default: ${DEFAULT-VALUE}.")
  private String format = "table";

  @Option(
      names = "--limit",
      paramLabel = "ROWS",
      description = "Most rows shown. Default: ${DEFAULT-VALUE}.")
  private int limit = Query.ROWS;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "Longest time the query may take, such as 10s. Default: ${DEFAULT-VALUE}.")
  private String timeout = "30s";

  @Option(
      names = "--sink",
      paramLabel = "NAME",
      description = "The sink to ask. Default: the first.")
  private String sink = "";

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "The data folder. Default: as for serve.")
  private @Nullable String data;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration. Default: as for serve.")
  private @Nullable Path config;

  @Override
  public Integer call() throws StartException, InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Query query;
    try {
      query = new Query(sql, limit, Setting.parseDuration(timeout), answerFormat(), sink);
    } catch (IllegalArgumentException e) {
      err.println("pulsegate: " + e.getMessage());
      return USAGE;
    }
    Map<String, String> flags = new LinkedHashMap<>();
    Optional.ofNullable(data).ifPresent(folder -> flags.put("--data", folder));
    var loaded = ConfigLoader.load(Optional.ofNullable(config), flags, System.getenv());
    return switch (loaded.checked()) {
      case Checked.Invalid(List<Problem> problems) -> {
        CheckCommand.problems(problems, loaded.file(), err);
        yield Main.FAILED;
      }
      case Checked.Valid(ServerConfig valid) -> show(SqlClient.ask(valid, query), query);
    };
  }

  private AnswerFormat answerFormat() {
    return AnswerFormat.of(format)
        .orElseThrow(() ->
            new IllegalArgumentException("--format must be table, csv or json, was " + format));
  }

  private int show(SqlClient.Reply reply, Query query) {
    PrintWriter err = spec.commandLine().getErr();
    return switch (reply) {
      case SqlClient.Reply.Shown(String text, boolean truncated) -> {
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        if (truncated) {
          err.printf("Cut at %d rows; --limit shows more.%n", query.rowsMax());
        }
        yield 0;
      }
      case SqlClient.Reply.Failed(String reason) -> {
        err.println("pulsegate: " + reason);
        yield Main.FAILED;
      }
    };
  }
}
