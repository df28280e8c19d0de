package io.pulsegate.server;

import io.pulsegate.server.admin.LetterEndpoints;
import io.pulsegate.server.admin.WhereEndpoints;
import io.pulsegate.server.sql.AnswerFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `pulsegate where`.
@Command(
    name = "where",
    description =
        "Show where the events with an id are: in the log, and at each sink delivered, waiting, dropped or a dead letter.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:it was found", "1:it is nowhere, or could not be looked for"},
    footer = {"", "Example:  pulsegate where 0192c4a1-… && pulsegate dlq show 17"})
final class WhereCommand implements Callable<Integer> {
  @Mixin private final ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "ID", description = "The event's id.")
  private String id = "";

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Only this tenant's.")
  private String tenant = "";

  private String next = "0";
  private int found;

  @Override
  public Integer call() throws StartException {
    int code = 0;
    while (code == 0 && !next.isEmpty()) {
      Map<String, String> query = new LinkedHashMap<>();
      query.put("event_id", id);
      query.put("tenant", tenant);
      query.put("from", next);
      query.put("format", (server.json() ? AnswerFormat.JSON : AnswerFormat.TABLE).text());
      code = server.send("GET", "/where" + Urls.query(query), new byte[0], this::show);
    }
    if (code != 0) {
      return code;
    }
    if (found == 0 && !server.json()) {
      server
          .err()
          .println(
              "pulsegate: the log has no such event, and no dead letter is of it. It was never accepted, or has left the log since: log.replay_time says how long it keeps what every sink has");
    }
    return found == 0 ? Main.FAILED : 0;
  }

  private void show(AdminClient.Reply.Given given) {
    int places = Integer.parseInt(header(given, WhereEndpoints.FOUND, "0"));
    next = header(given, LetterEndpoints.NEXT, "");
    found += places;
    if (places > 0 || (server.json() && next.isEmpty() && found == 0)) {
      server.print(given);
    }
    if (!next.isEmpty()) {
      server.err().printf(Locale.ROOT, "searched up to offset %s, going on%n", next);
    }
  }

  private static String header(AdminClient.Reply.Given given, String name, String otherwise) {
    return given.headers().getOrDefault(name.toLowerCase(Locale.ROOT), otherwise);
  }
}
