package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pulsegate.testkit.TestPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The ends of the process that are not the orderly one, and what the next start finds.
final class ExitTest {
  private static final long FILE_BYTES_MAX = 2 << 20;
  private static final int REQUESTS_MAX = 100;

  @Test
  @Timeout(300)
  void endsAtOnceAtTheSecondSignalWhileItDrainsAndLosesNothing(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    TestPostgres postgres = TestPostgres.shared();
    String database = postgres.newDatabase();
    try (var server = new ServerProcess(folder, Configurations.bothSinks(postgres.url(database)))) {
      accept(server, ids("before", 50), "");
      server.awaitSettled("local", "warehouse");
      try (var other = postgres.connect(database);
          var statement = other.createStatement()) {
        other.setAutoCommit(false);
        statement.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
        accept(server, ids("held", 50), "");
        server.await("a write that is held up", () -> waiting(postgres, database) > 0);

        server.signal();
        server.await("the drain to begin", () -> server.hasSaid("Stopping:"));
        server.signal();
        assertThat(server.awaitEnd())
            .as("ended while the drain, which would end with 0, still waited: %s", server.output())
            .isEqualTo(143);
        other.rollback();
      }

      server.restart();
      server.awaitSettled("local", "warehouse");
      assertThat(Tables.number(postgres, database, "SELECT count(*) FROM events")).isEqualTo(100);
      assertThat(Tables.number(postgres, database, "SELECT count(DISTINCT event_id) FROM events"))
          .isEqualTo(100);
      assertThat(server.terminate()).isZero();
    }
    assertThat(inDuckDb(folder)).doesNotHaveDuplicates().hasSize(100);
  }

  @Test
  @Timeout(300)
  void endsWithThreeWhenTheLogCannotBeWrittenAndRecoversAllItAcknowledged(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws Exception {
    assumeTrue(
        ServerProcess.canLimitFiles(), "there is no prlimit here, so no write can be failed");
    List<String> acknowledged = new ArrayList<>();
    try (var server = new ServerProcess(folder, Configurations.LOCAL_SINK)) {
      server.limitFiles(FILE_BYTES_MAX);
      boolean failed = false;
      for (int i = 0; i < REQUESTS_MAX && !failed; i++) {
        List<String> ids = ids("r" + i, 10);
        failed = !isAccepted(server, ids);
        if (!failed) {
          acknowledged.addAll(ids);
        }
      }
      assertThat(failed).as("a write failed").isTrue();
      assertThat(server.awaitEnd()).as(server.output()).isEqualTo(3);
      assertThat(server.hasSaid("pulsegate: the log failed.")).as(server.output()).isTrue();
      assertThat(server.hasSaid("then start again, which recovers")).isTrue();

      server.restart();
      accept(server, ids("after", 10), "");
      acknowledged.addAll(ids("after", 10));
      server.awaitSettled("local");
      assertThat(server.terminate()).as(server.output()).isZero();
    }
    assertThat(acknowledged).hasSizeGreaterThan(20);
    assertThat(inDuckDb(folder)).doesNotHaveDuplicates().containsAll(acknowledged);
  }

  private static List<String> ids(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + "-" + i).toList();
  }

  /// 500 KB in one request: 503, or no answer at all, once the log has failed.
  private static boolean isAccepted(ServerProcess server, List<String> ids)
      throws InterruptedException {
    try {
      HttpResponse<String> reply = server.post(body(ids, "x".repeat(50_000)));
      assertThat(reply.statusCode()).as(reply.body()).isIn(200, 503);
      return reply.statusCode() == 200;
    } catch (IOException ended) {
      return false;
    }
  }

  private static void accept(ServerProcess server, List<String> ids, String filling)
      throws Exception {
    HttpResponse<String> reply = server.post(body(ids, filling));
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    assertThat(reply.body()).contains("\"accepted\":" + ids.size());
  }

  private static String body(List<String> ids, String filling) {
    return ids.stream()
        .map(id ->
            "{\"event_type\":\"t\",\"event_id\":\"%s\",\"filling\":\"%s\"}".formatted(id, filling))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static long waiting(TestPostgres postgres, String database) {
    return Tables.number(
        postgres,
        database,
        "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
            + " WHERE NOT granted AND datname = current_database()");
  }

  /// Ids of the events in the server's DuckDB; while it is down.
  private static List<String> inDuckDb(Path folder) throws Exception {
    Path file = folder.resolve("data/events.duckdb");
    assertThat(Files.exists(file)).isTrue();
    try (var connection = DriverManager.getConnection("jdbc:duckdb:" + file);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT event_id FROM events")) {
      List<String> ids = new ArrayList<>();
      while (rows.next()) {
        ids.add(rows.getString(1));
      }
      return ids;
    }
  }
}
