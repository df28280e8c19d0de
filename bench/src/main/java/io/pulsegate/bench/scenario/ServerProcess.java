package io.pulsegate.bench.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.bench.load.Target;
import io.pulsegate.bench.load.WireFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A server of its own, started as a user starts it, with a configuration of the benchmark's.
final class ServerProcess implements AutoCloseable {
  private static final Duration START_MAX = Duration.ofMinutes(2);
  private static final Duration STOP_MAX = Duration.ofMinutes(1);
  private static final int LOG_LINES_SHOWN = 15;

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final int port;
  private final Path logFile;

  private ServerProcess(Process process, int port, Path logFile) {
    this.process = process;
    this.port = port;
    this.logFile = logFile;
  }

  /// Starts a server and waits until it is ready.
  ///
  /// @param command the start script, without `serve`
  /// @param folder for its data, configuration and output
  /// @param configuration text of the `pulsegate.yaml`
  static ServerProcess start(List<String> command, Path folder, String configuration)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    var file = Files.writeString(folder.resolve("pulsegate.yaml"), configuration);
    var log = folder.resolve("server.log");
    int port = freePort();
    var arguments = new ArrayList<>(command);
    arguments.addAll(
        List.of("serve", "--config", file.toString(), "--data", folder.resolve("data").toString()));
    arguments.addAll(List.of("--port", "" + port, "--admin-port", "" + freePort()));
    var builder = new ProcessBuilder(arguments).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // What the caller's environment says must not change what is measured.
    builder.environment().keySet().removeAll(List.of("DATABASE_URL", "PORT"));
    builder.environment().keySet().removeIf(name -> name.startsWith("PULSEGATE_"));
    var server = new ServerProcess(builder.start(), port, log);
    try {
      server.awaitReady();
      return server;
    } catch (IOException | InterruptedException e) {
      server.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_MAX.toNanos();
    while (System.nanoTime() < deadline) {
      if (isReady()) {
        return;
      }
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        throw new IOException("the server ended while starting:\n" + lastLines());
      }
    }
    throw new IOException("the server was not ready within " + START_MAX + ":\n" + lastLines());
  }

  private boolean isReady() throws InterruptedException {
    try {
      return get("/ready").statusCode() == 200;
    } catch (IOException notYetListening) {
      return false;
    }
  }

  private String lastLines() throws IOException {
    var lines = Files.readAllLines(logFile);
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size()));
  }

  /// Where it takes events of the tenant `demo`.
  Target target() {
    return target("demo");
  }

  /// Where it takes events with a key.
  Target target(String key) {
    return Target.of("http://127.0.0.1:" + port, key);
  }

  /// Where it takes events in the words of another system.
  Target target(WireFormat wire) {
    return Target.of("http://127.0.0.1:" + port, "demo", wire);
  }

  /// What the kernel counts of it.
  ProcessStats stats() {
    return new ProcessStats(javaPid());
  }

  /// The start script becomes the server or is its parent.
  private long javaPid() {
    return process
        .descendants()
        .filter(child -> child.info().command().filter(c -> c.endsWith("java")).isPresent())
        .mapToLong(ProcessHandle::pid)
        .findFirst()
        .orElse(process.pid());
  }

  /// What it measures itself.
  Metrics metrics() throws IOException, InterruptedException {
    return new Metrics(get("/metrics").body());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(10))
            .header("Accept", "text/plain")
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  /// Waits until a sink has settled all that was accepted.
  ///
  /// @throws IOException if that takes longer than `limit`
  void awaitDelivered(String sink, Duration limit) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (metrics().sum("pulsegate_stream_lag", Map.of("sink", sink)) != 0) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the sink " + sink + " was not done within " + limit);
      }
      run(Duration.ofMillis(10));
    }
  }

  /// Lets it run for a while.
  ///
  /// @throws IOException when it ends by itself
  void run(Duration time) throws IOException, InterruptedException {
    if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the server ended by itself:\n" + lastLines());
    }
  }

  /// Stops it as SIGTERM does, and waits.
  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// The text of `/metrics`.
  record Metrics(String text) {
    /// The sum of all samples of a metric that carry these labels; NaN where there is none.
    double sum(String name, Map<String, String> labels) {
      double sum = Double.NaN;
      for (var line : text.split("\n", -1)) {
        if (isSample(line, name) && labels.entrySet().stream().allMatch(l -> carries(line, l))) {
          double value = value(line);
          sum = Double.isNaN(sum) ? value : sum + value;
        }
      }
      return sum;
    }

    private static boolean isSample(String line, String name) {
      return line.startsWith(name + "{") || line.startsWith(name + " ");
    }

    private static boolean carries(String line, Map.Entry<String, String> label) {
      return line.contains(label.getKey() + "=\"" + label.getValue() + "\"");
    }

    /// What stands behind name and labels; a time may follow.
    private static double value(String line) {
      int from = line.indexOf(' ', Math.max(0, line.lastIndexOf('}'))) + 1;
      int to = line.indexOf(' ', from);
      return Double.parseDouble(line.substring(from, to < 0 ? line.length() : to));
    }
  }
}
