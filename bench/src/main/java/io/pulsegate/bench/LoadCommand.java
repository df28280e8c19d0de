package io.pulsegate.bench;

import io.pulsegate.bench.load.AckRecord;
import io.pulsegate.bench.load.EventShape;
import io.pulsegate.bench.load.LoadPlan;
import io.pulsegate.bench.load.LoadResult;
import io.pulsegate.bench.load.LoadRun;
import io.pulsegate.bench.load.Payload;
import io.pulsegate.bench.load.Target;
import io.pulsegate.bench.load.WireFormat;
import io.pulsegate.bench.verify.VerifyTask;
import io.pulsegate.bench.verify.VerifyTask.DeadLetterStore;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `pulsegate load`: sends events, or checks afterwards that those acknowledged arrived.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Sends events to a server and measures it, or verifies afterwards that what was acknowledged arrived.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 all events acknowledged (or verified), 1 not all, 2 wrong arguments or no server.",
      "",
      "Examples:",
      "  pulsegate load",
      "  pulsegate load --rate 10000 --batch 10",
      "  pulsegate load --events 1000000 --retry --record acks.txt",
      "  pulsegate load --verify acks.txt --sink duckdb --data data"
    })
final class LoadCommand implements Callable<Integer> {
  private static final int CONNECT_MILLIS = 3_000;
  private static final double DEFAULT_SECONDS = 10;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description =
          "The server; without a path, the endpoint of the dialect is meant. Default: ${DEFAULT-VALUE}.")
  String url = "";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "demo",
      description = "API key. Default: ${DEFAULT-VALUE}.")
  String key = "";

  @Option(
      names = "--rate",
      paramLabel = "EVENTS/S",
      description =
          "Open loop: so many events a second, whatever the server does; latency counts from the"
              + " time each request was meant to leave. Without it, closed loop: each connection"
              + " sends when its last reply is in.")
  double rate;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "64",
      description = "Connections, each with one request under way. Default: ${DEFAULT-VALUE}.")
  int connections;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of the client. Default: ${DEFAULT-VALUE}.")
  int threads;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description = "Events per request. Default: ${DEFAULT-VALUE}.")
  int batch;

  @Option(names = "--gzip", description = "Compress the bodies.")
  boolean gzip;

  @Option(
      names = "--dialect",
      paramLabel = "NAME",
      defaultValue = "native",
      description =
          "In which words events are sent: ${COMPLETION-CANDIDATES}. Only native brings the key."
              + " Default: ${DEFAULT-VALUE}.")
  WireFormat dialect = WireFormat.NATIVE;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      defaultValue = "default",
      description = "What events look like: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  EventShape shape = EventShape.DEFAULT;

  @Option(
      names = "--poison-every",
      paramLabel = "N",
      description = "Give every N-th event the type 'poison'.")
  long poisonEvery;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Ids and contents follow from it; printed, and random unless given.")
  Optional<Long> seed = Optional.empty();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "End after this time. Default: 10, or none with --events.")
  Optional<Double> seconds = Optional.empty();

  @Option(names = "--events", paramLabel = "N", description = "End after so many events.")
  Optional<Long> events = Optional.empty();

  @Option(
      names = "--retry",
      description =
          "Send refused and failed requests again with the same ids, as Retry-After says, over"
              + " restarts of the server too.")
  boolean retry;

  @Option(
      names = "--timeout",
      paramLabel = "S",
      defaultValue = "30",
      description = "Longest wait for one reply, in seconds. Default: ${DEFAULT-VALUE}.")
  double timeoutSeconds;

  @Option(
      names = "--drain",
      paramLabel = "S",
      defaultValue = "30",
      description =
          "How long after the end replies and retries are waited for, in seconds. Default:"
              + " ${DEFAULT-VALUE}.")
  double drainSeconds;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "Append the id of each acknowledged event to this file.")
  Optional<Path> record = Optional.empty();

  @Option(names = "--json", description = "Print the result as one line of JSON.")
  boolean json;

  @Option(
      names = "--verify",
      paramLabel = "FILE",
      description = "Send nothing: check that every id in the file is in the sink exactly once.")
  Optional<Path> verify = Optional.empty();

  @Option(
      names = "--sink",
      paramLabel = "duckdb|postgres",
      description = "With --verify: the kind of sink to look in.")
  Optional<SinkKind> sink = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description =
          "With --verify: the server's data folder (DuckDB lets one process open its file: stop the"
              + " server first). Default: ${DEFAULT-VALUE}.")
  Path data = Path.of("data");

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      defaultValue = "${env:DATABASE_URL}",
      description = "With --verify: postgres://user:password@host:port/database.")
  Optional<String> databaseUrl = Optional.empty();

  @Option(
      names = "--table",
      paramLabel = "NAME",
      defaultValue = "events",
      description = "With --verify: the sink's table. Default: ${DEFAULT-VALUE}.")
  String table = "events";

  @Option(
      names = "--dead-letters",
      paramLabel = "DIR",
      description =
          "With --verify: poisonous events must be among the dead letters in this data folder, and"
              + " not in the sink.")
  Optional<Path> deadLetters = Optional.empty();

  @Option(
      names = "--sink-name",
      paramLabel = "NAME",
      description =
          "With --dead-letters: the sink's name in the configuration. Default: the kind of sink.")
  Optional<String> sinkName = Optional.empty();

  /// Kinds of sinks that can be verified.
  enum SinkKind {
    DUCKDB,
    POSTGRES
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return verify.isPresent() ? verify(verify.get()) : send();
  }

  private int verify(Path file) throws IOException {
    var task =
        new VerifyTask(
            file, store(), deadLetters.map(place -> new DeadLetterStore(place, sinkName())));
    try {
      var findings = task.run();
      VerifyReport.print(findings, out(), json);
      return findings.isClean() ? 0 : 1;
    } catch (SQLException e) {
      err().println("The sink could not be read: " + reason(e));
      return Main.USAGE;
    } catch (IOException e) {
      err().println("Nothing was verified: " + e.getMessage());
      return Main.USAGE;
    }
  }

  private static String reason(SQLException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("Could not set lock on file")
        ? "a server has the DuckDB file open, and DuckDB lets one process open it: stop the server first"
        : message;
  }

  private String sinkName() {
    return sinkName.or(() -> sink.map(kind -> kind.name().toLowerCase(Locale.ROOT))).orElse("");
  }

  private VerifyTask.Store store() {
    var kind = sink.orElseThrow(() -> wrong("--verify needs --sink duckdb or --sink postgres"));
    return switch (kind) {
      case DUCKDB -> new VerifyTask.DuckDbStore(data, table);
      case POSTGRES ->
          new VerifyTask.PostgresStore(
              databaseUrl
                  .filter(text -> !text.isEmpty())
                  .orElseThrow(() -> wrong("--sink postgres needs --database-url or DATABASE_URL")),
              table);
    };
  }

  private int send() throws IOException, InterruptedException {
    var plan = plan();
    if (!retry && !isReachable(plan.target())) {
      err()
          .println(
              "Nothing answers at " + plan.target() + ". Start a server with: pulsegate serve");
      return Main.USAGE;
    }
    err().println(LoadReport.heading(plan));
    var progress = new ProgressLine(err(), isTerminal(), plan);
    LoadResult result;
    if (record.isPresent()) {
      try (var acks = new AckRecord(record.get())) {
        result = run(new LoadRun(plan, Optional.of(acks), progress::show));
      }
    } else {
      result = run(new LoadRun(plan, Optional.empty(), progress::show));
    }
    progress.end();
    LoadReport.print(result, plan, out(), json);
    return result.isComplete() ? 0 : 1;
  }

  /// Ctrl-C ends the run early and still prints what was measured.
  private static LoadResult run(LoadRun run) throws IOException, InterruptedException {
    var caller = Thread.currentThread();
    var hook =
        new Thread(() -> {
          run.stop();
          try {
            caller.join(CONNECT_MILLIS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Runtime.getRuntime().addShutdownHook(hook);
    var result = run.run();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // Interrupted by the user: the hook has done its work.
    }
    return result;
  }

  /// What the options ask for.
  ///
  /// @throws ParameterException if they contradict each other or are out of range
  LoadPlan plan() {
    if (sink.isPresent() || deadLetters.isPresent()) {
      throw wrong("--sink and --dead-letters belong to --verify");
    }
    double runSeconds =
        seconds.orElse(events.isPresent() ? Duration.ofDays(3650).toSeconds() : DEFAULT_SECONDS);
    if (!(runSeconds > 0)) {
      throw wrong("--seconds must be above 0, was " + runSeconds);
    }
    try {
      return new LoadPlan(
          Target.of(url, key, dialect),
          new Payload(
              dialect,
              shape,
              batch,
              gzip,
              poisonEvery,
              seed.orElseGet(() -> new SecureRandom().nextLong())),
          rate,
          connections,
          threads,
          events.orElse(Long.MAX_VALUE),
          nanos(runSeconds),
          retry,
          nanos(timeoutSeconds),
          nanos(drainSeconds));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  private static Duration nanos(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static boolean isReachable(Target target) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(target.host(), target.port()), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
