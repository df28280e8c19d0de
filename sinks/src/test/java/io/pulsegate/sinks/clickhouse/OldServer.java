package io.pulsegate.sinks.clickhouse;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/// A ClickHouse server of the machine, such as Debian's 18.16: **the real HTTP layer and error
/// codes. It is too old for deduplication tokens and DateTime64**, which the engine of
/// `TestClickHouse` has. Tests are skipped where there is none.
final class OldServer implements AutoCloseable {
  static final String PASSWORD = "secret";
  private final Path folder;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();
  private Process process;

  OldServer(Path folder) throws IOException {
    this.folder = folder;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    Files.writeString(folder.resolve("users.xml"), users());
    Files.writeString(folder.resolve("config.xml"), config());
    this.process = launch();
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  private static String users() {
    return """
    <yandex>
      <profiles><default/></profiles><quotas><default/></quotas>
      <users><default><password>%s</password><networks><ip>::/0</ip></networks>
        <profile>default</profile><quota>default</quota></default></users>
    </yandex>
    """
        .formatted(PASSWORD);
  }

  private String config() {
    return """
    <yandex>
      <logger><level>error</level><log>%1$s/log</log><errorlog>%1$s/errors</errorlog></logger>
      <http_port>%2$d</http_port><listen_host>127.0.0.1</listen_host>
      <path>%1$s/data/</path><tmp_path>%1$s/tmp/</tmp_path>
      <users_config>%1$s/users.xml</users_config><default_profile>default</default_profile>
      <default_database>default</default_database><mark_cache_size>67108864</mark_cache_size>
    </yandex>
    """
        .formatted(folder, port);
  }

  private Process launch() throws IOException {
    Optional<Path> binary =
        Stream.of((System.getenv("PATH") + ":/usr/sbin:/usr/bin").split(File.pathSeparator, -1))
            .map(path -> Path.of(path, "clickhouse-server"))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(binary.isPresent(), "clickhouse-server is not installed");
    Process launched =
        new ProcessBuilder(
                binary.orElseThrow().toString(), "--config-file=" + folder.resolve("config.xml"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(() -> run("SELECT 1").strip().equals("1"));
    return launched;
  }

  /// Runs a statement.
  String run(String sql) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url()))
            .header("X-ClickHouse-User", "default")
            .header("X-ClickHouse-Key", PASSWORD)
            .POST(HttpRequest.BodyPublishers.ofString(sql))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(response.body());
    }
    return response.body();
  }

  /// Kills the server, as a crash does.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Starts it again.
  void restart() throws IOException {
    process = launch();
  }

  @Override
  public void close() {
    client.close();
    process.destroyForcibly();
  }
}
