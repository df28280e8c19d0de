package io.pulsegate.server;

import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.AdminClient.Reply;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/// `pulsegate dlq`.
@Command(
    name = "dlq",
    description = "List, show, redrive, discard and export dead letters.",
    mixinStandardHelpOptions = true,
    subcommands = {
      DlqCommand.Show.class,
      DlqCommand.Redrive.class,
      DlqCommand.Discard.class,
      DlqCommand.Export.class
    },
    footer = {
      "",
      "Example:  pulsegate dlq --tenant shop --code 22P05",
      "          pulsegate dlq redrive --tenant shop --code 22P05"
    })
final class DlqCommand implements Callable<Integer> {
  private static final byte[] NOTHING = new byte[0];
  private static final Pattern COUNT = Pattern.compile("\"(?:discarded|redriven)\":(\\d+)");
  private static final Pattern REASON = Pattern.compile("\"id\":(\\d+),\"reason\":\"([^\"]*)\"");

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final Filter filter = new Filter();

  @Option(
      names = "--limit",
      paramLabel = "ROWS",
      description = "At most so many. Default: ${DEFAULT-VALUE}.")
  private int limit = 100;

  @Option(names = "--redriven", description = "Those that were redriven, of the last week.")
  private boolean redriven;

  @Override
  public Integer call() throws StartException {
    var query = filter.parameters();
    query.put("limit", Integer.toString(limit));
    query.put("redriven", redriven ? "true" : "");
    return server.list("/dead-letters", query);
  }

  /// Which letters.
  static final class Filter {
    @Option(names = "--tenant", paramLabel = "TENANT", description = "Whose.")
    private String tenant = "";

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "Failed last at or after this time, such as 2026-01-31T00:00:00Z.")
    private String from = "";

    @Option(names = "--until", paramLabel = "TIME", description = "Failed last before this time.")
    private String until = "";

    @Option(names = "--type", paramLabel = "TYPE", description = "Of this event type.")
    private String eventType = "";

    @Option(names = "--event", paramLabel = "ID", description = "With this event id.")
    private String eventId = "";

    @Option(names = "--code", paramLabel = "CODE", description = "With this code.")
    private String code = "";

    @Option(
        names = "--component",
        paramLabel = "NAME",
        description = "Failed at this sink, or on the way to it; or at this dialect's door.")
    private String component = "";

    Map<String, String> parameters() {
      var parameters = new LinkedHashMap<String, String>();
      parameters.put("tenant", tenant);
      parameters.put("from", from);
      parameters.put("until", until);
      parameters.put("event_type", eventType);
      parameters.put("event_id", eventId);
      parameters.put("code", code);
      parameters.put("component", component);
      return parameters;
    }

    /// Leaves out what fails from now on, so that a redrive does not go after what it made itself.
    void endNow() {
      if (until.isEmpty()) {
        until = Instant.now().toString();
      }
    }

    /// Whether it says more than whose.
    boolean isNarrow() {
      return parameters().entrySet().stream()
          .anyMatch(each -> !each.getKey().equals("tenant") && !each.getValue().isEmpty());
    }

    JsonWriter body() {
      var json = new JsonWriter().beginObject();
      parameters()
          .forEach((name, value) -> {
            if (!value.isEmpty()) {
              json.field(name, value);
            }
          });
      return json;
    }
  }

  private static void count(ServerOptions server, Reply.Given given, String what) {
    if (server.json()) {
      server.print(given);
      return;
    }
    Matcher count = COUNT.matcher(given.text());
    server.out().printf("%s %s.%n", count.find() ? count.group(1) : "0", what);
    Matcher reason = REASON.matcher(given.text());
    while (reason.find()) {
      server.out().printf("  letter %s was left as it is: %s%n", reason.group(1), reason.group(2));
    }
    server.out().flush();
  }

  @Command(
      name = "show",
      description = "Show one dead letter with its event, as JSON.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "ID", description = "Its id, from dlq.")
    private long id;

    @Override
    public Integer call() throws StartException {
      return server.send("GET", "/dead-letters/" + id, NOTHING, server::print);
    }
  }

  @Command(
      name = "redrive",
      description =
          "Have dead letters delivered again to the sink that failed, under their own ids, the oldest first. Safe to repeat.",
      mixinStandardHelpOptions = true)
  static final class Redrive implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final Filter filter = new Filter();

    @Parameters(
        paramLabel = "ID",
        arity = "0..1",
        description = "One letter's id. Default: all that the options name.")
    private String id = "";

    @Override
    public Integer call() throws StartException {
      if (!id.isEmpty()) {
        String path = "/dead-letters/" + Urls.part(id) + "/redrive";
        return server.send("POST", path, NOTHING, given -> count(server, given, "redriven"));
      }
      filter.endNow();
      var next = new AtomicReference<>("0");
      int code = 0;
      while (code == 0 && !next.get().isEmpty()) {
        byte[] body = filter.body().field("after", next.get()).endObject().toByteArray();
        code =
            server.send(
                "POST",
                "/dead-letters/redrive",
                body,
                given -> {
                  count(server, given, "redriven");
                  next.set(given.headers().getOrDefault("pulsegate-next", ""));
                });
      }
      return code;
    }
  }

  @Command(
      name = "discard",
      description = "Let go of dead letters for good.",
      mixinStandardHelpOptions = true)
  static final class Discard implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final Filter filter = new Filter();

    @Parameters(
        paramLabel = "ID",
        arity = "0..1",
        description = "One letter's id. Default: all that the options name.")
    private String id = "";

    @Option(
        names = "--all",
        description = "Everything that waits, of the tenant where one is named.")
    private boolean all;

    @Override
    public Integer call() throws StartException {
      if (!id.isEmpty()) {
        return server.send(
            "DELETE",
            "/dead-letters/" + Urls.part(id),
            NOTHING,
            given -> count(server, given, "discarded"));
      }
      if (!all && !filter.isNarrow()) {
        throw new ParameterException(
            server.commandLine(),
            "name a filter beside --tenant, or a letter, or say --all to discard everything that waits");
      }
      JsonWriter body = filter.body();
      if (all) {
        body.field("all", true);
      }
      return server.send(
          "POST",
          "/dead-letters/discard",
          body.endObject().toByteArray(),
          given -> count(server, given, "discarded"));
    }
  }

  @Command(
      name = "export",
      description =
          "Print dead letters as NDJSON, one whole letter in each line, the oldest first.",
      mixinStandardHelpOptions = true)
  static final class Export implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final Filter filter = new Filter();

    @Override
    public Integer call() throws StartException {
      var query = filter.parameters();
      var next = new AtomicReference<>("0");
      int code = 0;
      while (code == 0 && !next.get().isEmpty()) {
        query.put("after", next.get());
        code =
            server.send(
                "GET",
                "/dead-letters/export" + Urls.query(query),
                NOTHING,
                given -> {
                  server.print(given);
                  next.set(given.headers().getOrDefault("pulsegate-next", ""));
                });
      }
      return code;
    }
  }
}
