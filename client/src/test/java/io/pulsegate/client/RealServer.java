package io.pulsegate.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A real PulseGate in a process of its own, with tenant `demo` and DuckDB, on one folder.
final class RealServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path folder;
  private final int port = freePort();
  private final int adminPort = freePort();
  private String configuration;
  private Optional<Process> process = Optional.empty();

  /// Does not start it yet.
  RealServer(Path folder) throws IOException {
    this(folder, "tenants:\n  - id: demo\n    keys: [demo]\n");
  }

  /// With a configuration of its own, apart from the sink.
  RealServer(Path folder, String configuration) throws IOException {
    this.configuration = configuration;
    this.folder = folder;
    Files.createDirectories(folder);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /// Another configuration, from the next start on.
  void configure(String changed) {
    this.configuration = changed;
  }

  /// Starts it and waits until it is ready.
  void start() throws IOException, InterruptedException {
    process = Optional.of(launch());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isReady()) {
      boolean ended = process.get().waitFor(20, TimeUnit.MILLISECONDS);
      if (ended || System.nanoTime() > deadline) {
        throw new IOException("the server is not ready:\n" + Files.readString(output()));
      }
    }
  }

  /// SIGSTOP: connections are accepted by the system, and nothing is answered.
  void stall() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /// SIGCONT.
  void goOn() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(process.orElseThrow().pid());
    int code = new ProcessBuilder("kill", name, pid).start().waitFor();
    if (code != 0) {
      throw new IOException("kill " + name + " ended with " + code);
    }
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    if (process.isPresent()) {
      int _ = process.get().destroyForcibly().waitFor();
    }
  }

  /// SIGTERM, with all that was accepted delivered.
  void stop() throws IOException, InterruptedException {
    process.orElseThrow().destroy();
    if (!process.get().waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("the server did not stop:\n" + Files.readString(output()));
    }
  }

  /// First column of a query over the table `events`; while the server is down.
  List<String> query(String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(
                "jdbc:duckdb:" + folder.resolve("data").resolve("events.duckdb"));
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }

  private Path output() {
    return folder.resolve("server.log");
  }

  private Process launch() throws IOException {
    Files.writeString(
        folder.resolve("pulsegate.yaml"), configuration + "sinks:\n  duckdb:\n    type: duckdb\n");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "-Xmx256m"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.pulsegate.server.Main", "serve"));
    command.addAll(List.of("--config", folder.resolve("pulsegate.yaml").toString()));
    command.addAll(List.of("--data", folder.resolve("data").toString(), "--port", "" + port));
    command.addAll(List.of("--admin-port", "" + adminPort, "--stop-timeout", "60s"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
    builder.environment().keySet().removeAll(List.of("DATABASE_URL", "PORT"));
    builder.environment().keySet().removeIf(name -> name.startsWith("PULSEGATE_"));
    return builder.start();
  }

  private boolean isReady() throws InterruptedException {
    try {
      return client
              .send(
                  HttpRequest.newBuilder(URI.create(url() + "/ready")).build(),
                  HttpResponse.BodyHandlers.ofString(UTF_8))
              .statusCode()
          == 200;
    } catch (IOException notYetListening) {
      return false;
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }

  @Override
  public void close() {
    client.close();
    process.ifPresent(Process::destroyForcibly);
  }
}
