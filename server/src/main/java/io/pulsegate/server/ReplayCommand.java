package io.pulsegate.server;

import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import io.pulsegate.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `pulsegate replay`.
@Command(
    name = "replay",
    description =
        "Give sinks a stretch of the log again, count it first, or see what other settings would change. Without a subcommand: list them.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ReplayCommand.Start.class,
      ReplayCommand.Diff.class,
      ReplayCommand.Show.class,
      ReplayCommand.Watch.class,
      ReplayCommand.Pause.class,
      ReplayCommand.Resume.class,
      ReplayCommand.Cancel.class
    },
    footer = {
      "",
      "Example:  pulsegate replay start --tenant shop --from 2026-01-31T08:00:00Z --sink warehouse --dry-run",
      "          pulsegate replay start --tenant shop --from 2026-01-31T08:00:00Z --sink warehouse --mode overwrite",
      "          pulsegate replay diff shop --settings candidate.json"
    })
final class ReplayCommand implements Callable<Integer> {
  private static final byte[] NOTHING = new byte[0];
  private static final long LOOK_NANOS = 500_000_000;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Option(names = "--tenant", paramLabel = "TENANT", description = "Only this tenant's.")
  private String tenant = "";

  @Override
  public Integer call() throws StartException {
    return server.list("/replays", Map.of("tenant", tenant));
  }

  /// Which part of the log.
  static final class Stretch {
    @Option(
        names = "--from",
        paramLabel = "TIME",
        description =
            "Received at or after this time, such as 2026-01-31T00:00:00Z. Default: the log's beginning.")
    private String from = "";

    @Option(names = "--until", paramLabel = "TIME", description = "Received before this time.")
    private String until = "";

    @Option(names = "--from-offset", paramLabel = "N", description = "Instead of --from.")
    private String fromOffset = "";

    @Option(names = "--until-offset", paramLabel = "N", description = "Instead of --until.")
    private String untilOffset = "";

    Map<String, String> parameters() {
      var parameters = new LinkedHashMap<String, String>();
      parameters.put("from", from);
      parameters.put("until", until);
      parameters.put("from_offset", fromOffset);
      parameters.put("until_offset", untilOffset);
      return parameters;
    }
  }

  private static void show(ServerOptions server, AdminClient.Reply.Given given) {
    if (server.json()) {
      server.print(given);
    } else {
      server.out().print(Outline.of(JsonValue.parse(given.text())));
      server.out().flush();
    }
  }

  private static String text(JsonObject object, String name) {
    return switch (object.get(name).orElse(new JsonText(""))) {
      case JsonText(String text) -> text;
      case JsonNumber(String digits) -> digits;
      default -> "";
    };
  }

  /// Shows progress until it runs no more, then what came of it.
  private static int watch(ServerOptions server, String id) throws StartException {
    var last = new AtomicReference<AdminClient.Reply.Given>();
    String told = "";
    while (true) {
      int code = server.send("GET", "/replays/" + Urls.part(id), NOTHING, last::set);
      AdminClient.Reply.Given given = last.get();
      if (code != 0 || given == null) {
        return code;
      }
      var view = (JsonObject) JsonValue.parse(given.text());
      if (!text(view, "state").equals("running")) {
        show(server, given);
        return text(view, "state").equals("failed") ? Main.FAILED : 0;
      }
      String reason = text(view, "reason");
      String line =
          "%s %s: %s%%%s"
              .formatted(
                  text(view, "kind"),
                  id,
                  text(view, "percent"),
                  reason.isEmpty() ? "" : ", " + reason);
      if (!server.json() && !line.equals(told)) {
        server.out().println(line);
        server.out().flush();
      }
      told = line;
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /// Begins one, and follows it where that was asked for.
  private static int begin(ServerOptions server, String path, byte[] body, boolean follow)
      throws StartException {
    var id = new AtomicReference<>("");
    int code =
        server.send(
            "POST",
            path,
            body,
            given -> {
              id.set(text((JsonObject) JsonValue.parse(given.text()), "id"));
              if (!follow) {
                show(server, given);
              }
            });
    return code == 0 && follow ? watch(server, id.get()) : code;
  }

  @Command(
      name = "start",
      description = {
        "Have sinks given events again, through what is configured now.",
        "Live events of a sink go first. A sink is given nothing that is still on its way to it."
      },
      mixinStandardHelpOptions = true)
  static final class Start implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final Stretch stretch = new Stretch();

    @Option(
        names = "--tenant",
        paramLabel = "TENANT",
        description = "Whose events. Default: all tenants'.")
    private String tenant = "";

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        description = "Only events of this type; * stands for any characters. Repeatable.")
    private List<String> types = new ArrayList<>();

    @Option(
        names = "--field",
        paramLabel = "PATH=VALUE",
        description = "Only events whose payload has this. Repeatable.")
    private List<String> fields = new ArrayList<>();

    @Option(
        names = "--sink",
        paramLabel = "SINK",
        description = "Into this sink. Repeatable. Default: all.")
    private List<String> sinks = new ArrayList<>();

    @Option(
        names = "--mode",
        paramLabel = "MODE",
        description =
            "What becomes of an event that is there already: skip, overwrite, or again to write it once more. Default: skip.")
    private String mode = "";

    @Option(
        names = "--rate",
        paramLabel = "EVENTS",
        description = "At most so many a second into each sink. Default: 1000.")
    private String rate = "";

    @Option(names = "--dry-run", description = "Count what it would be, and write nothing.")
    private boolean dryRun;

    @Option(names = "--follow", description = "Show progress until it has ended.")
    private boolean follow;

    @Override
    public Integer call() throws StartException {
      var json = new JsonWriter().beginObject();
      Map<String, String> texts = stretch.parameters();
      texts.put("tenant", tenant);
      texts.put("mode", mode);
      texts.put("events_per_second", rate);
      texts.forEach((name, text) -> {
        if (!text.isEmpty()) {
          json.field(name, text);
        }
      });
      Map.of("event_types", types, "fields", fields, "sinks", sinks)
          .forEach((name, list) -> {
            json.name(name).beginArray();
            list.forEach(json::value);
            json.endArray();
          });
      json.field("dry_run", dryRun);
      return begin(server, "/replays", json.endObject().toByteArray(), follow || dryRun);
    }
  }

  @Command(
      name = "diff",
      description = {
        "Run events of a tenant through other settings into nothing, and show what would change:",
        "how many by outcome, which fields come and go, and examples."
      },
      mixinStandardHelpOptions = true)
  static final class Diff implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();
    @Mixin private final Stretch stretch = new Stretch();

    @Parameters(paramLabel = "TENANT", description = "Its id.")
    private String tenant = "";

    @Option(
        names = "--settings",
        paramLabel = "FILE",
        required = true,
        description = "The tenant with other settings, as JSON; as for tenants update.")
    private Path settings = Path.of("");

    @Option(
        names = "--sink",
        paramLabel = "SINK",
        description = "On the way to this sink. Repeatable. Default: all.")
    private List<String> sinks = new ArrayList<>();

    @Override
    public Integer call() throws StartException {
      Map<String, String> query = stretch.parameters();
      query.put("sinks", String.join(",", sinks));
      byte[] body;
      try {
        body = Files.readAllBytes(settings);
      } catch (IOException e) {
        throw new StartException("cannot read " + settings + ": " + e.getMessage());
      }
      String path = "/tenants/" + Urls.part(tenant) + "/replays/diff" + Urls.query(query);
      return begin(server, path, body, true);
    }
  }

  @Command(
      name = "show",
      description = "Show how one fares and what came of it.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "ID", description = "Its id, from replay.")
    private String id = "";

    @Override
    public Integer call() throws StartException {
      return server.send("GET", "/replays/" + Urls.part(id), NOTHING, given -> show(server, given));
    }
  }

  @Command(
      name = "watch",
      description = "Show the progress of one until it has ended.",
      mixinStandardHelpOptions = true)
  static final class Watch implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "ID", description = "Its id, from replay.")
    private String id = "";

    @Override
    public Integer call() throws StartException {
      return watch(server, id);
    }
  }

  private static int change(ServerOptions server, String id, String what) throws StartException {
    return server.send(
        "POST", "/replays/" + Urls.part(id) + "/" + what, NOTHING, given -> show(server, given));
  }

  @Command(
      name = "pause",
      description = "Hold one. The log keeps what it still needs.",
      mixinStandardHelpOptions = true)
  static final class Pause implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "ID", description = "Its id, from replay.")
    private String id = "";

    @Override
    public Integer call() throws StartException {
      return change(server, id, "pause");
    }
  }

  @Command(
      name = "resume",
      description = "Go on with one that was paused or failed.",
      mixinStandardHelpOptions = true)
  static final class Resume implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "ID", description = "Its id, from replay.")
    private String id = "";

    @Override
    public Integer call() throws StartException {
      return change(server, id, "resume");
    }
  }

  @Command(
      name = "cancel",
      description = "End one where it is. What it has delivered stays.",
      mixinStandardHelpOptions = true)
  static final class Cancel implements Callable<Integer> {
    @Mixin private final ServerOptions server = new ServerOptions();

    @Parameters(paramLabel = "ID", description = "Its id, from replay.")
    private String id = "";

    @Override
    public Integer call() throws StartException {
      return change(server, id, "cancel");
    }
  }
}
