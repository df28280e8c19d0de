package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client against a real PulseGate, and both of them killed.
class RealServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path temp;

  private final Accounts accounts = new Accounts();
  private RealServer server;

  @BeforeEach
  void makeServer() throws IOException {
    server = new RealServer(temp.resolve("server"));
  }

  @AfterEach
  void endServer() {
    server.close();
  }

  @Test
  void bringsEventsOfAllKindsIntoTheDatabase() throws Exception {
    server.start();
    InstantSource future = () -> Instant.now().plus(Duration.ofDays(4000));
    PulseClient client = accounts.builder(server.url()).build();
    PulseClient skewed = new Accounts().builder(server.url()).clock(future).build();
    client.track(
        PulseEvent.of("checkout")
            .id("e-1")
            .at(Instant.parse("2025-03-01T12:00:00Z"))
            .with("text", "ü€𝄞\n\"quoted\"")
            .with("amount", 12.5));
    client.track(PulseEvent.of("checkout").id("e-1").with("text", "the same id again"));
    client.track(PulseEvent.of("x".repeat(300)).id("refused"));
    client.track(PulseEvent.of("huge").id("huge").with("text", "x".repeat(1_000_000)));
    client.trackApi(new ApiCall("wallet", "/api/v1/deposit", "POST", 45.2, 200));
    skewed.track(PulseEvent.of("from a wrong clock").id("skewed"));
    assertThat(skewed.close(LIMIT)).isTrue();
    assertThat(client.close(LIMIT)).isTrue();

    assertThat(accounts.refused())
        .singleElement()
        .satisfies(refused -> {
          assertThat(refused.eventId()).isEqualTo("refused");
          assertThat(refused.code()).isEqualTo("invalid_field");
        });
    assertThat(client.stats().duplicates()).isEqualTo(1);
    accounts.mustAddUp(client);

    server.stop();
    assertThat(server.query("select event_type from events order by 1"))
        .containsExactly("api_metric", "checkout", "from a wrong clock", "huge");
    assertThat(server.query("select payload->>'text' from events where event_id = 'e-1'"))
        .containsExactly("ü€𝄞\n\"quoted\"");
    assertThat(
            server.query(
                "select occurred_at < now() + interval 1 day from events where event_id = 'skewed'"))
        .as("the server puts an absurd time right")
        .containsExactly("true");
  }

  @Test
  void losesNothingWhileTheServerIsKilledAndStartedAgain() throws Exception {
    server.start();
    PulseClient client = accounts.builder(server.url()).batchEvents(50).build();
    for (int kill = 0; kill < 2; kill++) {
      track(client, kill * 2000, kill * 2000 + 1000);
      long delivered = client.stats().delivered();
      await().atMost(LIMIT).until(() -> client.stats().delivered() > delivered);
      track(client, kill * 2000 + 1000, kill * 2000 + 2000);
      server.kill();
      server.start();
    }
    assertThat(client.close(LIMIT)).isTrue();
    assertThat(client.stats().delivered()).isEqualTo(4000);
    accounts.mustAddUp(client);
    server.stop();
    assertThat(server.query("select event_id from events"))
        .hasSize(4000)
        .doesNotHaveDuplicates()
        .containsAll(IntStream.range(0, 4000).mapToObj(i -> "e-" + i).toList());
  }

  @Test
  void losesNothingWhileTheServerStallsAndGoesOnAgain() throws Exception {
    server.start();
    PulseClient client =
        accounts
            .builder(server.url())
            .batchEvents(50)
            .timeouts(Duration.ofMillis(300), Duration.ofMillis(300))
            .build();
    for (int stall = 0; stall < 3; stall++) {
      server.stall();
      long retries = client.stats().retries();
      track(client, stall * 500, stall * 500 + 500);
      await().atMost(LIMIT).until(() -> client.stats().retries() > retries);
      server.goOn();
      long all = stall * 500L + 500;
      await().atMost(LIMIT).until(() -> client.stats().delivered() == all);
    }
    assertThat(client.close(LIMIT)).isTrue();
    accounts.mustAddUp(client);
    server.stop();
    assertThat(server.query("select event_id from events")).hasSize(1500).doesNotHaveDuplicates();
  }

  private static void track(PulseClient client, int from, int to) {
    for (int i = from; i < to; i++) {
      client.track(PulseEvent.of("numbered").id("e-" + i).with("i", i));
    }
  }

  /// The application is killed while nobody listens, and again while the server takes its events.
  @Test
  void losesNothingOfAnApplicationThatIsKilledWhileTheServerIsDown() throws Exception {
    Path spool = temp.resolve("spool");
    Path ids = temp.resolve("ids");
    killAfter(application(spool, ids, "down-"), ids, 20_000);
    int tracked = Files.readAllLines(ids).size();

    server.start();
    killAfter(application(spool, ids, "up-"), ids, tracked + 20_000);
    PulseClient last = accounts.builder(server.url()).spool(spool, 32 << 20).build();
    assertThat(last.stats().recovered()).isPositive();
    assertThat(last.close(LIMIT)).isTrue();
    accounts.mustAddUp(last);
    server.stop();

    Set<String> taken = new HashSet<>(wholeLines(ids));
    List<String> stored = server.query("select event_id from events");
    assertThat(stored).doesNotHaveDuplicates();
    var missing = new TreeSet<>(taken);
    missing.removeAll(new HashSet<>(stored));
    assertThat(missing).as("taken by track, not in the database").isEmpty();
    assertThat(taken.size()).isGreaterThan(40_000 - 1);
  }

  /// The last line may have been cut off by the kill.
  private static List<String> wholeLines(Path ids) throws IOException {
    String text = Files.readString(ids);
    return text.substring(0, text.lastIndexOf('\n')).lines().toList();
  }

  private Process application(Path spool, Path ids, String prefix) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SpoolingApplication.class.getName(),
            server.url(),
            spool.toString(),
            ids.toString(),
            prefix)
        .redirectErrorStream(true)
        .redirectOutput(temp.resolve("application.log").toFile())
        .start();
  }

  private void killAfter(Process application, Path ids, int lines)
      throws IOException, InterruptedException {
    try {
      await()
          .atMost(LIMIT)
          .until(() -> {
            assertThat(application.isAlive()).as(() -> log()).isTrue();
            return Files.exists(ids) && Files.size(ids) > 0 && countLines(ids) >= lines;
          });
    } finally {
      int _ = application.destroyForcibly().waitFor();
    }
  }

  private String log() {
    try {
      return Files.readString(temp.resolve("application.log"));
    } catch (IOException e) {
      return Map.of("no log", e).toString();
    }
  }

  private static long countLines(Path ids) throws IOException {
    try (var lines = Files.lines(ids)) {
      return lines.count();
    }
  }
}
