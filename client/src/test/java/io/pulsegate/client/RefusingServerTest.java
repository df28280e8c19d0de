package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client without a spool against a real PulseGate that refuses: what becomes of every event is
/// in the stats and told to the callbacks, with the server's reason.
class RefusingServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String TENANT = "tenants:\n  - id: demo\n    keys: [demo]\n";

  @TempDir Path temp;

  private final Accounts accounts = new Accounts();
  private RealServer server;

  @BeforeEach
  void makeServer() throws IOException {
    server = new RealServer(temp.resolve("server"), TENANT);
  }

  @AfterEach
  void endServer() {
    server.close();
  }

  private static PulseEvent numbered(int i) {
    return PulseEvent.of("numbered").id("e-" + i).with("i", i);
  }

  private static List<String> ids(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e-" + i).toList();
  }

  private List<String> stored() throws Exception {
    server.stop();
    return server.query("select event_id from events");
  }

  private static PulseEvent nested(int i) {
    Object deep = 1;
    for (int level = 0; level < 10; level++) {
      deep = List.of(deep);
    }
    return numbered(i).with("deep", deep);
  }

  private static void trackWithANestedOne(PulseClient client) {
    for (int i = 0; i < 100; i++) {
      client.track(i == 37 ? nested(i) : numbered(i));
    }
  }

  private void mustHaveStoredAllButTheNestedOne(PulseClient client) throws Exception {
    assertThat(client.stats().delivered()).isEqualTo(99);
    accounts.mustAddUp(client);
    assertThat(stored())
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(ids(0, 37).stream(), ids(38, 100).stream()).toList());
  }

  /// In Kaasino's format an event that is nested too deeply makes the whole request unreadable.
  @Test
  void aBadRequestCostsTheEventThatItMeansAndNoOther() throws Exception {
    server.configure("limits: {depth: 8}\ndialects: {kaasino: {tenant: demo}}\n" + TENANT);
    server.start();
    PulseClient client =
        accounts
            .siteBuilder(server.url())
            .flushInterval(Duration.ofHours(1))
            .batchEvents(100)
            .build();
    trackWithANestedOne(client);
    assertThat(client.close(LIMIT)).isTrue();

    assertThat(accounts.errors())
        .singleElement()
        .isInstanceOfSatisfying(
            PulseError.Refused.class,
            refused -> {
              assertThat(refused.eventId()).isEqualTo("e-37");
              assertThat(refused.status()).isEqualTo(400);
              assertThat(refused.code()).isEqualTo("too_deep");
              assertThat(refused.reason()).contains("8");
              assertThat(refused.event()).contains("[[[[");
            });
    assertThat(client.stats().requests()).as("halved, not sent one by one").isLessThan(25);
    mustHaveStoredAllButTheNestedOne(client);
  }

  /// In the native format each line stands for itself.
  @Test
  void anEventThatIsRefusedAmongOthersIsReportedWithItsReason() throws Exception {
    server.configure("limits: {depth: 8}\n" + TENANT);
    server.start();
    PulseClient client =
        accounts.builder(server.url()).flushInterval(Duration.ofHours(1)).batchEvents(100).build();
    trackWithANestedOne(client);
    assertThat(client.close(LIMIT)).isTrue();

    assertThat(accounts.errors())
        .singleElement()
        .isInstanceOfSatisfying(
            PulseError.Refused.class,
            refused -> {
              assertThat(refused.eventId()).isEqualTo("e-37");
              assertThat(refused.status()).isEqualTo(200);
              assertThat(refused.code()).isEqualTo("too_deep");
            });
    assertThat(client.stats().requests()).isEqualTo(1);
    mustHaveStoredAllButTheNestedOne(client);
  }

  /// Requests that are too large are halved until they fit; an event that is too large alone is
  /// refused.
  @Test
  void aRequestThatIsTooLargeIsHalvedUntilItFits() throws Exception {
    server.configure("limits: {body: 16KiB, events: 40}\n" + TENANT);
    server.start();
    PulseClient client =
        accounts
            .builder(server.url())
            .compression(false)
            .flushInterval(Duration.ofHours(1))
            .build();
    String text = "x".repeat(200);
    for (int i = 0; i < 300; i++) {
      client.track(numbered(i).with("text", text));
    }
    client.track(PulseEvent.of("numbered").id("huge").with("text", "x".repeat(20_000)));
    client.track(numbered(300));
    assertThat(client.close(LIMIT)).isTrue();

    assertThat(accounts.errors())
        .singleElement()
        .isInstanceOfSatisfying(
            PulseError.Refused.class,
            refused -> {
              assertThat(refused.eventId()).isEqualTo("huge");
              assertThat(refused.status()).isEqualTo(413);
              assertThat(refused.code()).isEqualTo("body_too_large");
              assertThat(refused.reason()).contains("16384");
            });
    assertThat(client.stats().delivered()).isEqualTo(301);
    accounts.mustAddUp(client);
    assertThat(stored()).containsExactlyInAnyOrderElementsOf(ids(0, 301));
  }

  @Test
  void aTenantOverItsQuotaComesBackWhenItMay() throws Exception {
    server.configure(TENANT + "    quotas: {events_per_second: 100}\n");
    server.start();
    PulseClient client = accounts.builder(server.url()).batchEvents(90).build();
    for (int i = 0; i < 300; i++) {
      client.track(numbered(i));
    }
    assertThat(client.close(LIMIT)).isTrue();

    assertThat(client.stats().delivered()).isEqualTo(300);
    assertThat(accounts.errors())
        .isNotEmpty()
        .allSatisfy(error ->
            assertThat(error)
                .isInstanceOfSatisfying(
                    PulseError.Delayed.class,
                    delayed -> {
                      assertThat(delayed.reason()).startsWith("status 429, throttled");
                      assertThat(delayed.needsPerson()).isFalse();
                      assertThat(delayed.nextTry())
                          .as("as the server says, and not as the client would draw")
                          .isGreaterThanOrEqualTo(Duration.ofSeconds(1));
                    }));
    assertThat(client.stats().retries()).isEqualTo(accounts.delayed().size());
    accounts.mustAddUp(client);
    assertThat(stored()).containsExactlyInAnyOrderElementsOf(ids(0, 300));
  }

  /// A disk without the room that the log must leave free: 503 for everything, until there is room.
  @Test
  void whatAServerThatCannotTakeEventsRefusesIsKeptUntilItCan() throws Exception {
    server.configure("log: {reserve: 1000TiB}\n" + TENANT);
    server.start();
    PulseClient client =
        accounts.builder(server.url()).retryAfterMax(Duration.ofMillis(10)).build();
    for (int i = 0; i < 100; i++) {
      client.track(numbered(i));
    }
    await().atMost(LIMIT).until(() -> accounts.delayed().size() > 2);
    assertThat(accounts.errors())
        .allSatisfy(error ->
            assertThat(error)
                .isInstanceOfSatisfying(
                    PulseError.Delayed.class,
                    delayed -> {
                      assertThat(delayed.reason()).startsWith("status 503, unavailable");
                      assertThat(delayed.needsPerson()).isFalse();
                    }));
    assertThat(client.stats().queued()).isEqualTo(100);

    server.stop();
    server.configure(TENANT);
    server.start();
    assertThat(client.close(LIMIT)).isTrue();
    assertThat(client.stats().delivered()).isEqualTo(100);
    accounts.mustAddUp(client);
    assertThat(stored()).containsExactlyInAnyOrderElementsOf(ids(0, 100));
  }

  @Test
  void whatStillWaitsForAServerThatRefusesIsCountedWhenTheClientIsClosed() throws Exception {
    server.configure("log: {reserve: 1000TiB}\n" + TENANT);
    server.start();
    PulseClient client = accounts.builder(server.url()).queueBytes(64 * 1024).build();
    for (int i = 0; i < 2000; i++) {
      client.track(numbered(i));
    }
    await().atMost(LIMIT).until(() -> !accounts.delayed().isEmpty());
    assertThat(client.close(Duration.ofMillis(100))).isFalse();
    PulseStats stats = client.stats();
    assertThat(stats.tracked()).isEqualTo(2000);
    assertThat(stats.delivered()).isZero();
    assertThat(stats.dropped().keySet())
        .containsExactlyInAnyOrder(DropReason.QUEUE_FULL, DropReason.UNSENT_AT_CLOSE);
    accounts.mustAddUp(client);
    assertThat(stored()).isEmpty();
  }

  /// A wrong key, mended by nobody here: kept, and a person is asked for.
  @Test
  void aWrongKeyIsReportedAsAPersonsMatter() throws Exception {
    server.start();
    PulseClient client = accounts.builder(server.url()).apiKey("not-the-key").build();
    client.track(numbered(0));
    await().atMost(LIMIT).until(() -> !accounts.delayed().isEmpty());
    assertThat(accounts.delayed().getFirst())
        .satisfies(delayed -> {
          assertThat(delayed.reason()).startsWith("status 401, unauthenticated");
          assertThat(delayed.reason()).doesNotContain("not-the-key");
          assertThat(delayed.needsPerson()).isTrue();
        });
    assertThat(client.close(Duration.ZERO)).isFalse();
    accounts.mustAddUp(client);
    assertThat(stored()).isEmpty();
  }

  @Test
  void closedUnderLoadItHasStoredExactlyWhatItTookAndLeavesNoThread() throws Exception {
    server.start();
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    PulseClient client = accounts.builder(server.url()).build();
    var calls = new AtomicLong();
    var taken = new ConcurrentSkipListSet<String>();
    var stop = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String prefix = "t" + t + "-";
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; !stop.get(); i++) {
                  calls.incrementAndGet();
                  if (client.track(PulseEvent.of("load").id(prefix + i))) {
                    taken.add(prefix + i);
                  }
                }
              }));
    }
    await().atMost(LIMIT).until(() -> client.stats().delivered() > 2000);
    assertThat(client.close(LIMIT)).isTrue();
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(client.stats().tracked()).isEqualTo(calls.get());
    assertThat(client.stats().delivered()).isEqualTo(taken.size());
    assertThat(accounts.errors()).isEmpty();
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(
                    Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> !before.contains(thread))
                        .map(Thread::getName)
                        .filter(name -> name.startsWith("pulsegate-")))
                .isEmpty());
    assertThat(stored()).hasSize(taken.size()).doesNotHaveDuplicates();
  }
}
