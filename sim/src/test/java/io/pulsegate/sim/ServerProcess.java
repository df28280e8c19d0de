package io.pulsegate.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.function.BooleanSupplier;

/// A real server in a process of its own, on one data folder, that can be killed and started again.
///
/// It runs the classes under test. The class of the same name in `bench` is another: it starts what
/// a user starts, `./pulsegate`, once, and measures it.
final class ServerProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int LOOK_MILLIS = 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path folder;
  private final int port = freePort();
  private final int adminPort = freePort();
  private final Map<String, String> environment;
  private Process process;

  /// Starts it and waits until it takes events.
  ///
  /// @param folder for configuration, data and output
  /// @param configuration the text of `pulsegate.yaml`
  ServerProcess(Path folder, String configuration) throws IOException, InterruptedException {
    this(folder, configuration, Map.of());
  }

  /// @param environment variables of the server
  ServerProcess(Path folder, String configuration, Map<String, String> environment)
      throws IOException, InterruptedException {
    this.folder = folder;
    this.environment = environment;
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("pulsegate.yaml"), configuration);
    this.process = launch();
    awaitReady();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  Path data() {
    return folder.resolve("data");
  }

  /// SIGKILL, then a new process on the same folder, ready.
  void killAndRestart() throws IOException, InterruptedException {
    kill();
    restart();
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// A new process on the same folder, ready.
  void restart() throws IOException, InterruptedException {
    process = launch();
    awaitReady();
  }

  /// Whether [#limitFiles] can be done here.
  static boolean canLimitFiles() {
    return List.of(System.getenv("PATH").split(":", -1)).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "prlimit")));
  }

  /// From now on the kernel refuses this process every write behind that position of any file, as a
  /// failing device would; a new process has no such limit.
  void limitFiles(long bytes) throws IOException, InterruptedException {
    Process limiter =
        new ProcessBuilder("prlimit", "--pid", "" + process.pid(), "--fsize=" + bytes)
            .redirectErrorStream(true)
            .start();
    String said = new String(limiter.getInputStream().readAllBytes(), UTF_8);
    if (limiter.waitFor() != 0) {
      throw new IOException("prlimit failed: " + said);
    }
  }

  /// A new process on the same folder, which ends by itself.
  void startUntilItEnds() throws IOException, InterruptedException {
    process = launch();
    int _ = awaitEnd();
  }

  /// Lets it run for a while; fails when it ends by itself.
  void run(Duration time) throws IOException, InterruptedException {
    if (process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the server ended by itself:\n" + output());
    }
  }

  /// SIGTERM; the exit code.
  int terminate() throws IOException, InterruptedException {
    signal();
    return awaitEnd();
  }

  /// SIGTERM.
  void signal() {
    process.destroy();
  }

  /// Waits until it has ended; the exit code.
  int awaitEnd() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the server did not stop:\n" + output());
    }
    return process.exitValue();
  }

  /// Body of a page.
  String get(String path) throws IOException, InterruptedException {
    return client
        .send(
            HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(10))
                .header("Accept", "text/plain, application/json")
                .build(),
            HttpResponse.BodyHandlers.ofString(UTF_8))
        .body();
  }

  /// The answer to one native request.
  HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return post("/v1/events", body);
  }

  /// The answer to one request.
  HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url() + path))
            .timeout(Duration.ofSeconds(30))
            .header("X-API-Key", "demo")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  /// The answer of the admin listener, to the operator.
  HttpResponse<String> admin(String method, String path, String body)
      throws IOException, InterruptedException {
    String token = Files.readString(data().resolve("admin.token")).strip();
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  /// Waits until the sinks have settled every event that was accepted, by their metric of lag.
  void awaitSettled(String... sinks) throws IOException, InterruptedException {
    for (String sink : sinks) {
      String settled = "pulsegate_stream_lag{sink=\"" + sink + "\"} 0.0\n";
      await("sink " + sink + " to settle everything", () -> page("/metrics").contains(settled));
    }
  }

  /// A metric without labels, or with them in braces.
  double metric(String series) throws IOException, InterruptedException {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IOException("there is no " + series));
  }

  /// Body of a page; empty while it cannot be had.
  private String page(String path) {
    try {
      return get(path);
    } catch (IOException notNow) {
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Waits until something holds; fails with the server's output where it never does.
  void await(String what, BooleanSupplier condition) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
        throw new IOException("waited in vain for: " + what + "\n" + output());
      }
    }
  }

  /// Whether it printed that.
  boolean hasSaid(String text) {
    try {
      return Files.readString(folder.resolve("server.log")).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What it printed, the last lines.
  String output() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("server.log"));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  @Override
  public void close() {
    client.close();
    process.destroyForcibly();
  }

  private Process launch() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "-Xmx256m"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.pulsegate.server.Main", "serve"));
    command.addAll(List.of("--config", folder.resolve("pulsegate.yaml").toString()));
    command.addAll(List.of("--data", data().toString(), "--port", "" + port));
    command.addAll(List.of("--admin-port", "" + adminPort, "--stop-timeout", "60s"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("server.log").toFile()));
    builder.environment().keySet().removeAll(List.of("DATABASE_URL", "PORT"));
    builder.environment().keySet().removeIf(name -> name.startsWith("PULSEGATE_"));
    builder.environment().putAll(environment);
    return builder.start();
  }

  private void awaitReady() throws IOException, InterruptedException {
    await(
        "the server to be ready",
        () -> {
          try {
            return client
                    .send(
                        HttpRequest.newBuilder(URI.create(url() + "/ready")).build(),
                        HttpResponse.BodyHandlers.discarding())
                    .statusCode()
                == 200;
          } catch (IOException notYetListening) {
            return false;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }
}
