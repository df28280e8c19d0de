package io.pulsegate.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A real PostgreSQL of its own, durable (`fsync` and `synchronous_commit` on), on loopback; it can
/// be stopped, killed, and started again on the same files and port.
///
/// User `postgres` without a password. Ends with the JVM, unless that is killed itself. One thread
/// at a time.
public final class TestPostgres implements AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final Path folder;
  private final Thread endWithJvm;
  private Optional<EmbeddedPostgres> server;
  private final int port;

  private TestPostgres(Path folder) throws IOException {
    this.folder = folder;
    EmbeddedPostgres started = launch(0);
    this.server = Optional.of(started);
    this.port = started.getPort();
    this.endWithJvm = new Thread(this::closeQuietly, "test-postgres-end");
    Runtime.getRuntime().addShutdownHook(endWithJvm);
  }

  /// A new, running server.
  public static TestPostgres start() {
    try {
      return new TestPostgres(Files.createTempDirectory("pulsegate-postgres"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A server for all tests of this JVM that do not stop it; each takes a [#newDatabase].
  public static TestPostgres shared() {
    return Shared.SERVER;
  }

  /// The port it listens on, the same after each restart.
  public int port() {
    return port;
  }

  /// Makes an empty database.
  ///
  /// @return its name
  public String newDatabase() {
    String name = "test_" + DATABASES.incrementAndGet();
    execute("postgres", "CREATE DATABASE " + name);
    return name;
  }

  /// The address of a database as libpq writes it.
  public String url(String database) {
    return "postgres://postgres@127.0.0.1:" + port + "/" + database;
  }

  /// A new connection as superuser.
  public Connection connect(String database) {
    try {
      return server
          .orElseThrow(() -> new IllegalStateException("the server is stopped"))
          .getDatabase("postgres", database)
          .getConnection();
    } catch (SQLException e) {
      throw new IllegalStateException("cannot connect to " + database, e);
    }
  }

  /// Runs statements as superuser, each by itself.
  public void execute(String database, String... statements) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Stops it in order, ending all connections.
  public void stop() {
    server.ifPresent(TestPostgres::end);
    server = Optional.empty();
  }

  /// Kills it as a crash of the process would: `kill -9` to the server and all it has started.
  public void kill() {
    try {
      long pid =
          Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid")).getFirst());
      ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
      List<ProcessHandle> children = postmaster.descendants().toList();
      postmaster.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
      postmaster.onExit().join();
      children.forEach(child -> child.onExit().join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    stop();
  }

  /// Starts it again on the same files and port after [#stop] or [#kill].
  public void restart() {
    if (server.isPresent()) {
      throw new IllegalStateException("the server runs");
    }
    try {
      server = Optional.of(launch(port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(endWithJvm);
    closeQuietly();
  }

  private void closeQuietly() {
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException leftovers) {
      System.getLogger(TestPostgres.class.getName())
          .log(System.Logger.Level.WARNING, "could not delete " + folder, leftovers);
    }
  }

  private EmbeddedPostgres launch(int onPort) throws IOException {
    return EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("timezone", "UTC")
        .setDataDirectory(folder.resolve("data"))
        .setCleanDataDirectory(false)
        .setRegisterShutdownHook(false)
        .setPGStartupWait(Duration.ofSeconds(60))
        .setPort(onPort)
        .start();
  }

  private static void end(EmbeddedPostgres server) {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Shared {
    static final TestPostgres SERVER = start();
  }
}
