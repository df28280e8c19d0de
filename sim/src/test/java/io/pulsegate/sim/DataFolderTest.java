package io.pulsegate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.testkit.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What happens when PostgreSQL and the data folder no longer tell the same story.
final class DataFolderTest {
  private static final Pattern HEAD_TO_SET = Pattern.compile("set head to (\\d+)");

  @Test
  @Timeout(300)
  void beginsAnewWhenTheFolderWasDeletedAndKeepsWhatWasDelivered(@TempDir Path folder)
      throws Exception {
    try (var postgres = TestPostgres.start()) {
      String database = postgres.newDatabase();
      try (var server =
          new ServerProcess(folder, Configurations.bothSinks(postgres.url(database)))) {
        send(server, "before", 50);
        awaitRows(server, postgres, database, 50);
        assertThat(server.terminate()).isZero();

        delete(server.data());
        server.restart();
        send(server, "after", 30);
        awaitRows(server, postgres, database, 80);

        assertThat(distinct(postgres, database)).isEqualTo(80);
        assertThat(
                Tables.number(
                    postgres, database, "SELECT count(DISTINCT log_id) FROM pulsegate_cursors"))
            .as("a new folder is a new log")
            .isEqualTo(2);
        assertThat(server.terminate()).isZero();
      }
    }
  }

  @Test
  @Timeout(300)
  void deliversNothingFromAnOlderCopyUntilAPersonSaysWhereToGoOn(@TempDir Path folder)
      throws Exception {
    try (var postgres = TestPostgres.start()) {
      String database = postgres.newDatabase();
      try (var server =
          new ServerProcess(folder, Configurations.bothSinks(postgres.url(database)))) {
        send(server, "old", 50);
        awaitRows(server, postgres, database, 50);
        assertThat(server.terminate()).isZero();
        copy(server.data(), folder.resolve("copy"));

        server.restart();
        send(server, "lost", 40);
        awaitRows(server, postgres, database, 90);
        assertThat(server.terminate()).isZero();

        delete(server.data());
        copy(folder.resolve("copy"), server.data());
        server.restart();
        server.await("the alarm", () -> page(server, "/ready").contains("ahead_of_log"));
        send(server, "new", 10);
        assertThat(rows(postgres, database))
            .as("events below the cursor are not taken for delivered ones")
            .isEqualTo(90);

        Matcher remedy = HEAD_TO_SET.matcher(page(server, "/ready"));
        assertThat(remedy.find()).as("the alarm tells what to do").isTrue();
        postgres.execute(database, "UPDATE pulsegate_cursors SET head = " + remedy.group(1));
        awaitRows(server, postgres, database, 100);
        assertThat(distinct(postgres, database)).isEqualTo(100);
        assertThat(server.terminate()).isZero();
      }
    }
  }

  private static void send(ServerProcess server, String name, int count) throws Exception {
    String events =
        IntStream.range(0, count)
            .mapToObj(i -> "{\"event_type\":\"t\",\"event_id\":\"%s-%d\"}".formatted(name, i))
            .collect(Collectors.joining(",", "[", "]"));
    var reply = server.post(events);
    assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    assertThat(reply.body()).contains("\"accepted\":" + count);
  }

  private static void awaitRows(
      ServerProcess server, TestPostgres postgres, String database, long count) throws Exception {
    server.await(
        count + " rows in PostgreSQL",
        () -> Tables.exists(postgres, database, "events") && rows(postgres, database) >= count);
    assertThat(rows(postgres, database)).isEqualTo(count);
  }

  private static long rows(TestPostgres postgres, String database) {
    return Tables.number(postgres, database, "SELECT count(*) FROM events");
  }

  private static long distinct(TestPostgres postgres, String database) {
    return Tables.number(postgres, database, "SELECT count(DISTINCT event_id) FROM events");
  }

  private static String page(ServerProcess server, String path) {
    try {
      return server.get(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
