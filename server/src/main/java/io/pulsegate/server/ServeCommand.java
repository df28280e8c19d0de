package io.pulsegate.server;

import io.pulsegate.core.SinkStatus;
import io.pulsegate.server.StopRequests.StopReason;
import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.Problem;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.demo.DemoPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `pulsegate serve`.
@Command(
    name = "serve",
    description =
        "Run the server. Without configuration: tenant demo with the key demo, on loopback, into DuckDB.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped as asked",
      "1:could not start: the message says what to change",
      "3:the log failed: nothing was acknowledged after it; start again to recover"
    })
final class ServeCommand implements Callable<Integer> {
  private static final int LOG_FAILED = 3;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli before call
  private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration. Default: PULSEGATE_CONFIG, else pulsegate.yaml where there is one.")
  private @Nullable Path config;

  @Option(
      names = "--demo",
      description =
          "Also serve a page at /demo that sends events and shows them arrive. On loopback only.")
  private boolean demo;

  @Override
  public Integer call() throws StartException, InterruptedException {
    long startNanos = System.nanoTime();
    var flags = ConfigFlags.given(spec.commandLine().getParseResult());
    var loaded = ConfigLoader.load(Optional.ofNullable(config), flags, System.getenv());
    return switch (loaded.checked()) {
      case Checked.Invalid(List<Problem> problems) -> {
        CheckCommand.problems(problems, loaded.file(), spec.commandLine().getErr());
        yield Main.FAILED;
      }
      case Checked.Valid(ServerConfig valid) -> serve(valid, loaded.file(), flags, startNanos);
    };
  }

  private Optional<DemoPlan.Ready> demo(ServerConfig valid) throws StartException {
    if (!demo) {
      return Optional.empty();
    }
    return switch (DemoPlan.of(valid)) {
      case DemoPlan.Ready ready -> Optional.of(ready);
      case DemoPlan.Refused(String reason) ->
          throw new StartException("--demo cannot be served: " + reason);
    };
  }

  private int serve(
      ServerConfig valid, Optional<Path> file, Map<String, String> flags, long startNanos)
      throws StartException, InterruptedException {
    Optional<DemoPlan.Ready> plan = demo(valid);
    var requests = new StopRequests(Runtime.getRuntime()::halt);
    Signals.handle(requests::signal);
    boolean isNew = Files.notExists(valid.data());
    if (isNew) {
      Ports.check(valid);
    }
    try (DataFolder folder = DataFolder.open(valid.data())) {
      if (!isNew) {
        // Only now: a second server on the same folder is to hear of the folder, not of the port.
        Ports.check(valid);
      }
      Server server = Wiring.start(valid, folder, plan);
      server.onLogFailure(requests::logFailed);
      file.ifPresent(path ->
          server.watch(
              path,
              () ->
                  ConfigLoader.load(
                          Optional.of(path), flags, System.getenv(), _ -> valid.components())
                      .checked()));
      announce(server, folder);
      var took = Duration.ofNanos(System.nanoTime() - startNanos);
      Banner.print(spec.commandLine().getOut(), valid, file, server, folder.path(), took);
      if (demo) {
        Banner.printDemo(spec.commandLine().getOut(), valid, server);
      }
      return stop(server, requests.await(), valid.listener().stopTimeout());
    }
  }

  private static void announce(Server server, DataFolder folder) throws StartException {
    var info =
        new ServerInfo(
            ProcessHandle.current().pid(), server.port(), server.adminPort(), server.adminToken());
    try {
      folder.announce(info);
    } catch (IOException e) {
      server.close();
      throw new StartException(
          "the data folder %s cannot be written: %s".formatted(folder.path(), FileTrouble.of(e)),
          e);
    }
  }

  private int stop(Server server, StopReason reason, Duration limit) throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    return switch (reason) {
      case StopReason.Signal _ -> {
        out.printf(
            Locale.ROOT,
            "Stopping: new events are refused, sinks get up to %d s for what was accepted. Once more to end at once.%n",
            limit.toSeconds());
        out.flush();
        boolean drained = server.stop(limit);
        Optional<String> failed = server.logFailure();
        if (failed.isPresent()) {
          yield logFailed(failed.get());
        }
        out.println("Stopped. " + left(drained, server.undelivered()));
        out.flush();
        yield 0;
      }
      case StopReason.LogFailed(String why) -> {
        server.close();
        yield logFailed(why);
      }
    };
  }

  /// What waits for the next start.
  static String left(boolean drained, List<SinkStatus> undelivered) {
    if (undelivered.isEmpty()) {
      return drained
          ? "All that was accepted is delivered."
          : "What was not delivered in time is in the log and comes after the next start.";
    }
    String sinks = undelivered.stream().map(ServeCommand::left).collect(Collectors.joining("; "));
    return "These wait in the log and come after the next start: " + sinks + ".";
  }

  private static String left(SinkStatus sink) {
    String why =
        sink.state() == SinkStatus.State.RUNNING
            ? ""
            : " (%s: %s)"
                .formatted(
                    sink.state().name().toLowerCase(Locale.ROOT).replace('_', ' '), sink.reason());
    return String.format(Locale.ROOT, "sink %s, %,d events%s", sink.name(), sink.lagEvents(), why);
  }

  /// The log's own words say what was kept and what to do.
  private int logFailed(String why) {
    spec.commandLine().getErr().println("pulsegate: the log failed. " + why);
    return LOG_FAILED;
  }
}
