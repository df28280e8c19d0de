package io.pulsegate.server;

import io.pulsegate.server.config.Checked;
import io.pulsegate.server.config.ServerConfig;
import io.pulsegate.server.demo.DemoPlan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// A whole server in this process on a free port, which notes which statuses each of its endpoints
/// has answered.
final class TestServer implements AutoCloseable {
  /// `METHOD /path status`, of all servers of one test class.
  static final Set<String> SEEN = new TreeSet<>();

  final Server server;
  private final DataFolder folder;
  private final HttpClient client = HttpClient.newHttpClient();

  private TestServer(ServerConfig config, Optional<DemoPlan.Ready> demo) throws StartException {
    this.folder = DataFolder.open(config.data());
    this.server = Wiring.start(config, folder, demo);
  }

  static TestServer start(Path folder, Optional<String> yaml, Map<String, String> environment)
      throws Exception {
    return new TestServer(config(folder, yaml, environment), Optional.empty());
  }

  /// With the demo page.
  static TestServer startDemo(Path folder, String yaml) throws Exception {
    ServerConfig config = config(folder, Optional.of(yaml), Map.of());
    return switch (DemoPlan.of(config)) {
      case DemoPlan.Ready plan -> new TestServer(config, Optional.of(plan));
      case DemoPlan.Refused(String reason) -> throw new IOException(reason);
    };
  }

  private static ServerConfig config(
      Path folder, Optional<String> yaml, Map<String, String> environment) throws Exception {
    Optional<Path> file = Optional.empty();
    if (yaml.isPresent()) {
      file = Optional.of(Files.writeString(folder.resolve("pulsegate.yaml"), yaml.get()));
    }
    var flags =
        Map.of("--data", folder.resolve("data").toString(), "--port", "0", "--admin-port", "0");
    return switch (ConfigLoader.load(file, flags, environment).checked()) {
      case Checked.Valid(ServerConfig config) -> config;
      case Checked.Invalid(var problems) -> throw new IOException(problems.toString());
    };
  }

  HttpResponse<String> send(String method, String path, List<String> headers, byte[] body)
      throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    if (!headers.isEmpty()) {
      request.headers(headers.toArray(String[]::new));
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    SEEN.add(method + " " + path.replaceAll("\\?.*", "") + " " + response.statusCode());
    return response;
  }

  /// Waits until its sinks have been reached, so that it says of itself that it is well.
  void awaitHealthy() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!get("/health").body().contains("\"database\":\"up\"")) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the sinks were not reached: " + get("/ready").body());
      }
    }
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return send(
        "POST", path, List.of(headers), body.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("GET", path, List.of(headers), new byte[0]);
  }

  /// From the admin listener.
  String admin(String path) throws Exception {
    return client
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.adminPort() + path))
                .header("Authorization", "Bearer " + server.adminToken())
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    try {
      folder.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
