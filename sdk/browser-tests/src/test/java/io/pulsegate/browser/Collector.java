package io.pulsegate.browser;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A real PulseGate in a process of its own, with the demo page, DuckDB, the tenant `demo` and its
/// public id `shop`.
final class Collector implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();
  private final Path folder;
  private final String origin;
  private final int port = freePort();
  private final int adminPort = freePort();
  private Optional<Process> process = Optional.empty();

  /// Does not start it yet.
  ///
  /// @param origin whose pages may send
  Collector(Path folder, String origin) throws IOException {
    this.folder = folder;
    this.origin = origin;
    Files.createDirectories(folder);
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  int port() {
    return port;
  }

  /// Starts it and waits until it takes events.
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

  /// SIGKILL.
  void kill() throws InterruptedException {
    if (process.isPresent()) {
      int _ = process.get().destroyForcibly().waitFor();
    }
  }

  /// First column of a query to the database of the running server.
  List<String> query(String sql) throws IOException, InterruptedException {
    String body = mapper.writeValueAsString(Map.of("sql", sql, "format", "json"));
    HttpResponse<String> reply =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/sql"))
                .header("Authorization", "Bearer " + token())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString(UTF_8));
    if (reply.statusCode() != 200) {
      throw new IOException(reply.body());
    }
    List<String> values = new ArrayList<>();
    for (JsonNode row : mapper.readTree(reply.body())) {
      values.add(row.values().iterator().next().asString());
    }
    return values;
  }

  /// How many events of a type there are.
  int count(String type) throws IOException, InterruptedException {
    return Integer.parseInt(
        query("select count(*) from events where event_type = '" + type + "'").getFirst());
  }

  private String token() throws IOException {
    return Files.readString(folder.resolve("data/admin.token")).strip();
  }

  private Path output() {
    return folder.resolve("server.log");
  }

  private Process launch() throws IOException {
    Files.writeString(
        folder.resolve("pulsegate.yaml"),
        """
        tenants:
          - id: demo
            keys: [demo]
            public_ids: [{id: shop, origins: ["%s"]}]
        dialects:
          collection: {tenant: demo, origins: "%s"}
          kaasino: {origins: "%s"}
        sinks:
          duckdb: {type: duckdb}
        """
            .formatted(origin, origin, origin));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "-Xmx256m"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("io.pulsegate.server.Main", "serve", "--demo"));
    command.addAll(List.of("--config", folder.resolve("pulsegate.yaml").toString()));
    command.addAll(List.of("--data", folder.resolve("data").toString(), "--port", "" + port));
    command.addAll(List.of("--admin-port", "" + adminPort));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()));
    builder.environment().keySet().removeAll(List.of("DATABASE_URL", "PORT", "ALLOWED_ORIGINS"));
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
