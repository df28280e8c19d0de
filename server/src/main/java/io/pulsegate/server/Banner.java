package io.pulsegate.server;

import io.pulsegate.core.KeyHash;
import io.pulsegate.server.config.ServerConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What `serve` says when it is ready: where, how to send, how to ask.
final class Banner {
  private static final KeyHash DEMO_KEY = KeyHash.of("demo");

  private Banner() {}

  static void print(
      PrintWriter out,
      ServerConfig config,
      Optional<Path> file,
      Server server,
      Path data,
      Duration took) {
    String command = System.getProperty("pulsegate.command", "pulsegate");
    String url = url(config, server);
    boolean demo = config.tenants().stream().anyMatch(tenant -> tenant.keys().contains(DEMO_KEY));
    out.printf(
        Locale.ROOT,
        "PulseGate %s is ready after %.1f s.%n",
        Version.number(),
        took.toMillis() / 1e3);
    out.printf("  events   %s/v1/events  (health, ready, metrics, docs beside it)%n", url);
    out.printf("  admin    http://127.0.0.1:%d  (token in the data folder)%n", server.adminPort());
    out.printf("  data     %s%n", data);
    out.printf("  sinks    %s%n", sinks(config));
    out.printf("  memory   %s%n", server.memory().text(config.sinks().size()));
    file.ifPresent(path -> out.printf("  config   %s%n", path.toAbsolutePath()));
    config.warnings().forEach(warning -> out.printf("  warning  %s%n", warning));
    out.println();
    out.println("Send an event:");
    out.printf(
        "  curl -X POST %s/v1/events -H 'X-API-Key: %s' -H 'Content-Type: application/json' -d '{\"event_type\":\"user_sign_up\",\"user_id\":\"u_123\"}'%n",
        url, demo ? "demo" : "YOUR_KEY");
    if (config.sinks().stream().anyMatch(sink -> sink.factory().spec().name().equals("duckdb"))) {
      out.println("Query what has arrived:");
      out.printf(
          "  %s sql%s \"select event_type, count(*) from events group by 1\"%n",
          command, dataFlag(config.data()));
    }
    out.println("Stop with Ctrl-C.");
    out.flush();
  }

  /// Where the demo is.
  static void printDemo(PrintWriter out, ServerConfig config, Server server) {
    out.printf(
        "%nOpen %s/demo in a browser: click, and see the events arrive.%n", url(config, server));
    out.flush();
  }

  private static String url(ServerConfig config, Server server) {
    return "http://" + host(config.listener().bind()) + ":" + server.port();
  }

  private static String sinks(ServerConfig config) {
    return config.sinks().isEmpty()
        ? "none: events stay in the log"
        : config.sinks().stream()
            .map(ServerConfig.SinkEntry::toString)
            .collect(Collectors.joining(", "));
  }

  private static String dataFlag(Path data) {
    String text = data.toString();
    if (data.equals(Path.of("./data"))) {
      return "";
    }
    return " --data " + (text.matches("[\\w./-]+") ? text : "'" + text.replace("'", "'\\''") + "'");
  }

  private static String host(String bind) {
    if (bind.equals("0.0.0.0") || bind.equals("::")) {
      return "127.0.0.1";
    }
    return bind.contains(":") ? "[" + bind + "]" : bind;
  }
}
