package io.pulsegate.testkit.stores;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.testkit.stores.ChdbServer.Mode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// The engine of a present ClickHouse (chdb) in a process of its own, behind a small HTTP server of
/// ours. **What runs there is ClickHouse's engine: its SQL, formats, types and deduplication. The
/// HTTP layer is not ClickHouse's.**
///
/// The library is large, and looked for where the environment variable `CHDB_LIBRARY` says. It
/// takes over signals that the virtual machine lives by, which then hangs now and then; so it runs
/// under the JDK's `libjsig.so`, which chains them. Any thread.
public final class TestClickHouse implements AutoCloseable {
  /// What to do where [#find] finds nothing.
  public static final String HOW_TO_GET =
      "CHDB_LIBRARY does not name libchdb.so: see docs/operations/clickhouse.md";

  private static @Nullable TestClickHouse shared;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Path folder;
  private final Process process;
  private final int port;

  private TestClickHouse(Path library) throws IOException {
    folder = Files.createTempDirectory("pulsegate-clickhouse");
    Path home = Path.of(System.getProperty("java.home"));
    var builder =
        new ProcessBuilder(
            home.resolve("bin/java").toString(),
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ChdbServer.class.getName(),
            library.toString(),
            folder.resolve("data").toString());
    builder.environment().put("LD_PRELOAD", home.resolve("lib/libjsig.so").toString());
    builder.redirectError(folder.resolve("errors.log").toFile());
    process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    port = awaitPort();
  }

  private int awaitPort() throws IOException {
    var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(ChdbServer.READY)) {
        return Integer.parseInt(line.substring(ChdbServer.READY.length()));
      }
    }
    throw new IOException(
        "the ClickHouse engine does not start:\n" + Files.readString(folder.resolve("errors.log")));
  }

  /// One for all tests of this JVM, up; empty where the library cannot be had.
  public static synchronized Optional<TestClickHouse> find() {
    Optional<Path> library =
        Optional.ofNullable(System.getenv("CHDB_LIBRARY"))
            .map(Path::of)
            .filter(Files::isRegularFile);
    if (shared == null && library.isPresent()) {
      try {
        shared = new TestClickHouse(library.get());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    Optional.ofNullable(shared).ifPresent(TestClickHouse::up);
    return Optional.ofNullable(shared);
  }

  /// The same; skips the test where the library cannot be had.
  public static TestClickHouse orSkip() {
    Optional<TestClickHouse> found = find();
    Assumptions.assumeTrue(found.isPresent(), HOW_TO_GET);
    return found.orElseThrow();
  }

  /// Where it listens, without authentication.
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /// The port it listens on.
  public int port() {
    return port;
  }

  /// From now on statements are run and their answers are not sent.
  public void dropReplies() {
    set(Mode.DROPS_REPLIES);
  }

  /// From now on nothing is run.
  public void down() {
    set(Mode.DOWN);
  }

  /// From now on it answers.
  public void up() {
    set(Mode.UP);
  }

  private void set(Mode mode) {
    String _ = post(ChdbServer.MODE_PATH + mode, "");
  }

  /// Runs a statement, also while it answers nobody else; its answer is separated by tabs where it
  /// names no format.
  ///
  /// @throws IllegalStateException with the engine's message
  public String run(String sql) {
    return post(ChdbServer.ALWAYS_PATH, sql);
  }

  private String post(String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException(response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a test's statement", e);
    }
  }

  @Override
  public void close() {
    client.close();
    process.destroyForcibly().onExit().join();
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException leftovers) {
      System.getLogger(TestClickHouse.class.getName())
          .log(System.Logger.Level.WARNING, "could not delete " + folder, leftovers);
    }
  }
}
