package io.pulsegate.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.pulsegate.client.FakeServer.Reply;
import io.pulsegate.client.FakeServer.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The client against servers that behave, and against servers that do not.
class PulseClientTest {
  private static final Duration LIMIT = Accounts.LIMIT;

  private final Accounts accounts = new Accounts();

  private static void trackNumbered(PulseClient client, int from, int to) {
    for (int i = from; i < to; i++) {
      client.track(PulseEvent.of("numbered").id("e-" + i).with("i", i));
    }
  }

  private static List<String> numbered(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "e-" + i).toList();
  }

  @Test
  void sendsInOrderInBatchesWithKeyAndGzip() {
    try (var server = FakeServer.takingAll()) {
      PulseClient client = accounts.builder(server.url()).batchEvents(100).build();
      trackNumbered(client, 0, 1000);
      assertThat(client.flush(LIMIT)).isTrue();
      client.close();
      assertThat(server.ids()).isEqualTo(numbered(0, 1000));
      assertThat(server.requests())
          .allSatisfy(request -> {
            assertThat(request.path()).isEqualTo("/v1/events");
            assertThat(request.events()).hasSizeLessThanOrEqualTo(100);
            assertThat(request.headers())
                .containsEntry("X-api-key", "demo")
                .containsEntry("Content-type", "application/x-ndjson");
          });
      assertThat(server.requests().getFirst().headers()).containsEntry("Content-encoding", "gzip");
      assertThat(client.stats().delivered()).isEqualTo(1000);
      assertThat(client.stats().sentBytes()).isLessThan(1000 * 30);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void speaksKaasinosShapeForASite() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          Reply.of(
              202,
              "{\"status\":\"accepted\",\"accepted\":2,\"duplicates\":0,\"rejected\":[],\"durability\":\"disk\"}"));
      PulseClient client =
          PulseClient.builder(server.url())
              .siteId("kaasino-internal")
              .flushInterval(Duration.ofHours(1))
              .build();
      client.trackApi(new ApiCall("wallet", "/api/v1/deposit", "POST", 45.2, 200));
      client.track(PulseEvent.of("plain").id("e-2").at(Instant.parse("2024-01-15T10:30:00Z")));
      assertThat(client.close(LIMIT)).isTrue();
      Request request = server.requests().getFirst();
      assertThat(request.path()).isEqualTo("/collect");
      assertThat(request.headers())
          .containsEntry("X-site-id", "kaasino-internal")
          .containsEntry("Content-type", "application/json");
      assertThat(String.join("\n", request.events()))
          .matches(
              "\\{\"events\":\\[\\{\"event_type\":\"api_metric\",\"event_id\":\"[0-9a-f-]{36}\",\"time\":\"20[^\"]*Z\","
                  + "\"service_name\":\"wallet\",\"endpoint\":\"/api/v1/deposit\",\"method\":\"POST\","
                  + "\"duration_ms\":45.2,\"status_code\":200},"
                  + "\\{\"event_type\":\"plain\",\"event_id\":\"e-2\",\"time\":\"2024-01-15T10:30:00Z\"}]}");
    }
  }

  @Test
  void sendsAFullBatchAtOnceAndTheRestWhenItsTimeHasCome() {
    try (var server = FakeServer.takingAll();
        PulseClient client =
            accounts
                .builder(server.url())
                .batchEvents(10)
                .flushInterval(Duration.ofHours(1))
                .build()) {
      trackNumbered(client, 0, 10);
      await().atMost(LIMIT).until(() -> server.ids().size() == 10);
      trackNumbered(client, 10, 13);
      assertThat(client.stats().queued()).isEqualTo(3);
      client.flush(LIMIT);
      assertThat(server.ids()).isEqualTo(numbered(0, 13));
    }
    try (var server = FakeServer.takingAll();
        PulseClient client =
            accounts.builder(server.url()).flushInterval(Duration.ofMillis(20)).build()) {
      trackNumbered(client, 0, 3);
      await().atMost(LIMIT).until(() -> server.ids().size() == 3);
    }
  }

  @Test
  void boundsARequestInBytesToo() {
    try (var server = FakeServer.takingAll()) {
      PulseClient client = accounts.builder(server.url()).batchBytes(10_000).build();
      for (int i = 0; i < 50; i++) {
        client.track(PulseEvent.of("wide").with("text", "x".repeat(900)));
      }
      client.track(PulseEvent.of("wider than a batch").with("text", "x".repeat(20_000)));
      client.close(LIMIT);
      assertThat(server.requests())
          .allSatisfy(request -> {
            int bytes = request.events().stream().mapToInt(event -> event.length() + 1).sum();
            assertThat(bytes <= 10_000 || request.events().size() == 1).isTrue();
          });
      assertThat(client.stats().delivered()).isEqualTo(51);
    }
  }

  @Test
  void usesTheSameIdsOnEveryTry() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          request.number() <= 3 ? Reply.error(503, "unavailable") : Reply.taken(request));
      PulseClient client =
          accounts.builder(server.url()).flushInterval(Duration.ofHours(1)).build();
      for (int i = 0; i < 5; i++) {
        client.track(PulseEvent.of("made id"));
      }
      client.close(LIMIT);
      List<List<String>> tries = server.requests().stream().map(Request::ids).toList();
      assertThat(tries).hasSize(4).allMatch(tries.getFirst()::equals);
      assertThat(server.requests().getFirst().events())
          .as("the time of the event too")
          .isEqualTo(server.requests().getLast().events());
      assertThat(client.stats().retries()).isEqualTo(3);
      assertThat(client.stats().delivered()).isEqualTo(5);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void comesBackNoEarlierThanRetryAfterSays() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          request.number() == 1
              ? Reply.error(429, "throttled").header("Retry-After", "1")
              : Reply.taken(request));
      PulseClient client = accounts.builder(server.url()).build();
      trackNumbered(client, 0, 1);
      await().atMost(LIMIT).until(() -> !accounts.delayed().isEmpty());
      assertThat(client.close(LIMIT)).as("not sooner for somebody who waits").isTrue();
      long betweenNanos = server.requests().get(1).nanos() - server.requests().get(0).nanos();
      assertThat(Duration.ofNanos(betweenNanos)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
      assertThat(accounts.delayed().getFirst().needsPerson()).isFalse();
    }
  }

  @Test
  void reportsTheEventsThatAReplyRefusesAndNoOther() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          Reply.of(
              200,
              "{\"accepted\":2,\"duplicates\":1,\"rejected\":[{\"index\":1,\"code\":\"invalid_field\",\"reason\":\"too long\"}]}"));
      PulseClient client =
          accounts.builder(server.url()).flushInterval(Duration.ofHours(1)).build();
      trackNumbered(client, 0, 4);
      client.close(LIMIT);
      assertThat(accounts.refused())
          .singleElement()
          .satisfies(refused -> {
            assertThat(refused.eventId()).isEqualTo("e-1");
            assertThat(refused.code()).isEqualTo("invalid_field");
            assertThat(refused.event()).contains("\"payload\":{\"i\":1}");
          });
      assertThat(client.stats())
          .extracting(PulseStats::delivered, PulseStats::duplicates, PulseStats::refused)
          .containsExactly(3L, 1L, 1L);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void halvesARequestThatIsTooLargeUntilItFits() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          request.events().size() > 7 ? Reply.error(413, "too_many_events") : Reply.taken(request));
      PulseClient client = accounts.builder(server.url()).batchEvents(100).build();
      trackNumbered(client, 0, 100);
      client.close(LIMIT);
      assertThat(client.stats().delivered()).isEqualTo(100);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void findsTheOneEventThatMakesARequestUnacceptable() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          request.ids().contains("e-37") ? Reply.error(400, "bad_json") : Reply.taken(request));
      PulseClient client = accounts.builder(server.url()).batchEvents(100).build();
      trackNumbered(client, 0, 100);
      client.close(LIMIT);
      assertThat(accounts.refused())
          .extracting(PulseError.Refused::eventId)
          .containsExactly("e-37");
      assertThat(client.stats().delivered()).isEqualTo(99);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void doesNotAskOncePerEventWhereEverythingIsRefused() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request -> Reply.error(400, "bad_request"));
      PulseClient client = accounts.builder(server.url()).batchEvents(500).build();
      trackNumbered(client, 0, 5000);
      client.close(LIMIT);
      assertThat(client.stats().refused()).isEqualTo(5000);
      assertThat(server.requests()).hasSizeLessThan(100);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void takesAKeyOrASiteAndSaysWhatIsWrongWithIt() {
    PulseClientBuilder key = PulseClient.builder("http://localhost").apiKey("demo");
    assertThatThrownBy(() -> key.siteId("casino")).hasMessageContaining("without apiKey");
    PulseClientBuilder site = PulseClient.builder("http://localhost").siteId("casino");
    assertThatThrownBy(() -> site.apiKey("demo")).hasMessageContaining("without siteId");
    assertThatThrownBy(() -> PulseClient.builder("http://localhost").apiKey("demo\n"))
        .hasMessageContaining("X-API-Key must be printable ASCII")
        .hasMessageNotContaining("demo");
  }

  /// A proxy in front, or the wrong port: what it refuses, PulseGate has not.
  @Test
  void keepsEventsThatSomebodyElseRefuses() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          switch (request.number()) {
            case 1 -> Reply.of(400, "<html>The plain HTTP request was sent to HTTPS port</html>");
            case 2 -> Reply.of(422, "{\"detail\":[]}");
            default -> Reply.taken(request);
          });
      PulseClient client = accounts.builder(server.url()).build();
      trackNumbered(client, 0, 100);
      client.close(LIMIT);
      assertThat(accounts.delayed()).hasSize(2).allMatch(PulseError.Delayed::needsPerson);
      assertThat(client.stats().delivered()).isEqualTo(100);
      accounts.mustAddUp(client);
    }
  }

  /// Its bound may be the size: halved, and what is too large alone waits.
  @Test
  void halvesWhatAProxyFindsTooLargeAndDropsNothing() {
    try (var server = FakeServer.takingAll()) {
      var large = new AtomicBoolean();
      server.behave(request ->
          request.events().size() > 7 || (request.ids().contains("e-90") && !large.get())
              ? Reply.of(413, "<html>413 Request Entity Too Large</html>")
              : Reply.taken(request));
      PulseClient client = accounts.builder(server.url()).batchEvents(100).build();
      trackNumbered(client, 0, 100);
      await().atMost(LIMIT).until(() -> accounts.delayed().size() > 2);
      assertThat(accounts.delayed()).allMatch(PulseError.Delayed::needsPerson);
      assertThat(client.stats().delivered()).isEqualTo(90);
      large.set(true);
      assertThat(client.close(LIMIT)).isTrue();
      assertThat(client.stats().delivered()).isEqualTo(100);
      assertThat(accounts.refused()).isEmpty();
      accounts.mustAddUp(client);
    }
  }

  @Test
  void keepsEventsWhileTheKeyOrTheAddressIsWrong() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          switch (request.number()) {
            case 1 -> Reply.error(401, "unauthenticated");
            case 2 -> Reply.of(200, "<html>please log in</html>");
            case 3 -> Reply.of(302, "").header("Location", "http://127.0.0.1:1/");
            case 4 -> Reply.of(404, "");
            default -> Reply.taken(request);
          });
      PulseClient client = accounts.builder(server.url()).build();
      trackNumbered(client, 0, 3);
      client.close(LIMIT);
      assertThat(accounts.delayed()).hasSize(4).allMatch(PulseError.Delayed::needsPerson);
      assertThat(client.stats().delivered()).isEqualTo(3);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void dropsTheNewestWhenTheQueueIsFullAndSaysHowMany() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request -> Reply.error(503, "unavailable"));
      PulseClient client = accounts.builder(server.url()).queueBytes(64 * 1024).build();
      int taken = 0;
      for (int i = 0; i < 5000; i++) {
        taken += client.track(PulseEvent.of("numbered").id("e-" + i).with("i", i)) ? 1 : 0;
      }
      assertThat(taken).isBetween(100, 1000);
      assertThat(client.stats().queuedBytes()).isLessThanOrEqualTo(64 * 1024);
      server.behave(Reply::taken);
      client.close(LIMIT);
      assertThat(client.stats().dropped(DropReason.QUEUE_FULL)).isEqualTo(5000 - taken);
      assertThat(new HashSet<>(server.ids())).isEqualTo(Set.copyOf(numbered(0, taken)));
      accounts.mustAddUp(client);
    }
  }

  @Test
  void tellsOfWhatCannotBeTakenAndNeverThrows() {
    try (var server = FakeServer.takingAll()) {
      PulseClient client = accounts.builder(server.url()).eventBytes(10_000).build();
      assertThat(client.track(PulseEvent.of("huge").with("x", "x".repeat(10_000)))).isFalse();
      List<Object> endless = new ArrayList<>();
      endless.add(endless);
      assertThat(client.track("endless", Map.of("x", endless))).isFalse();
      Object hostile =
          new Object() {
            @Override
            public String toString() {
              throw new IllegalStateException("no text for you");
            }
          };
      assertThat(client.track("hostile", Map.of("x", hostile))).isFalse();
      Map<String, Object> withNull = new HashMap<>();
      withNull.put("x", null);
      assertThat(client.track("with null", withNull)).isTrue();
      assertThat(client.trackApi(new ApiCall("a", "/", "GET", 1, 200, nothing()))).isFalse();
      assertThat(client.trackApi(nothing())).isFalse();
      assertThat(client.trackPsp(nothing())).isFalse();
      assertThat(client.track(PulseEvent.of(nothing()))).isFalse();
      client.close();
      assertThat(client.track(PulseEvent.of("late"))).isFalse();
      client.flush(Duration.ofMillis(1));
      assertThat(client.stats().dropped())
          .isEqualTo(
              Map.of(DropReason.TOO_LARGE, 1L, DropReason.INVALID, 6L, DropReason.CLOSED, 1L));
      assertThat(client.stats().tracked()).isEqualTo(9);
    }
  }

  /// A null where none may be, as of an application that is not checked for them.
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @Test
  void outlivesCallbacksThatFail() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          request.number() < 5 ? Reply.error(500, "internal_error") : Reply.taken(request));
      PulseClient client =
          accounts
              .builder(server.url())
              .eventBytes(1000)
              .onError(error -> {
                throw new IllegalStateException("a callback's own fault");
              })
              .onDrop((reason, events) -> {
                throw new AssertionError("a callback's own fault");
              })
              .build();
      client.track(PulseEvent.of("huge").with("x", "x".repeat(10_000)));
      trackNumbered(client, 0, 3);
      client.close(LIMIT);
      assertThat(client.stats().delivered()).isEqualTo(3);
    }
  }

  @Test
  void letsACallbackTrackAndClose() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request -> Reply.error(400, "bad_request"));
      var itself = new AtomicLong();
      var clients = new ArrayList<PulseClient>();
      PulseClient client =
          PulseClient.builder(server.url())
              .apiKey("demo")
              .flushInterval(Duration.ofMillis(1))
              .onError(error -> {
                clients.getFirst().track(PulseEvent.of("about an error"));
                assertThat(clients.getFirst().flush(ChronoUnit.FOREVER.getDuration())).isFalse();
                assertThat(clients.getFirst().close(ChronoUnit.FOREVER.getDuration())).isFalse();
                itself.incrementAndGet();
              })
              .build();
      clients.add(client);
      trackNumbered(client, 0, 1);
      await().atMost(LIMIT).until(() -> itself.get() > 0);
      assertThat(client.track(PulseEvent.of("late"))).isFalse();
    }
  }

  @Test
  void closesWithinItsLimitWhileTheServerSaysNothingAndCountsWhatIsLeft() throws Exception {
    var release = new CountDownLatch(1);
    try (var server = FakeServer.takingAll()) {
      server.behave(request -> {
        release.await();
        return Reply.taken(request);
      });
      PulseClient client = accounts.builder(server.url()).build();
      trackNumbered(client, 0, 20);
      await().atMost(LIMIT).until(() -> !server.requests().isEmpty());
      trackNumbered(client, 20, 50);
      assertThat(client.close(Duration.ofMillis(50))).isFalse();
      assertThat(client.stats().dropped(DropReason.UNSENT_AT_CLOSE)).isEqualTo(50);
      accounts.mustAddUp(client);
    } finally {
      release.countDown();
    }
  }

  @Test
  void triesAgainWhereNoReplyComes() {
    var release = new CountDownLatch(1);
    try (var server = FakeServer.takingAll()) {
      server.behave(request -> {
        if (request.number() == 1) {
          release.await();
        }
        return Reply.taken(request);
      });
      PulseClient client =
          accounts
              .builder(server.url())
              .timeouts(Duration.ofSeconds(1), Duration.ofMillis(200))
              .build();
      trackNumbered(client, 0, 3);
      client.close(LIMIT);
      assertThat(client.stats().delivered()).isEqualTo(3);
      assertThat(accounts.delayed().getFirst().reason()).contains("HttpTimeoutException");
      accounts.mustAddUp(client);
    } finally {
      release.countDown();
    }
  }

  /// Headers at once, then a byte now and then: the JDK's own time-out ends with the headers.
  @Test
  void givesUpOnABodyThatDrips() throws Exception {
    try (var socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> drip(socket));
      PulseClient client =
          accounts
              .builder("http://127.0.0.1:" + socket.getLocalPort())
              .timeouts(Duration.ofSeconds(1), Duration.ofMillis(200))
              .build();
      trackNumbered(client, 0, 1);
      await().atMost(LIMIT).until(() -> !accounts.delayed().isEmpty());
      assertThat(accounts.delayed().getFirst().reason()).contains("no whole reply within 200 ms");
      client.close(Duration.ZERO);
      accounts.mustAddUp(client);
    }
  }

  private static void drip(ServerSocket socket) {
    try (Socket connection = socket.accept()) {
      var out = connection.getOutputStream();
      out.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(US_ASCII));
      while (!socket.isClosed()) {
        out.write(' ');
        out.flush();
        LockSupport.parkNanos(5_000_000);
      }
    } catch (IOException gone) {
      // The client has given up, as it should.
    }
  }

  @Test
  void deliversEverythingThroughAServerThatFlaps() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          switch (request.number() % 5) {
            case 0 -> Reply.taken(request);
            case 1 -> Reply.error(503, "unavailable");
            case 2 -> throw new IOException("cut off");
            case 3 -> Reply.of(500, "x".repeat(100_000));
            default -> Reply.error(429, "throttled").header("Retry-After", "0");
          });
      PulseClient client = accounts.builder(server.url()).batchEvents(50).build();
      trackNumbered(client, 0, 1000);
      assertThat(client.close(LIMIT)).isTrue();
      assertThat(new HashSet<>(server.ids())).isEqualTo(Set.copyOf(numbered(0, 1000)));
      assertThat(client.stats().delivered()).isEqualTo(1000);
      accounts.mustAddUp(client);
    }
  }

  @Test
  void refusesAnEndlessReply() {
    try (var server = FakeServer.takingAll()) {
      server.behave(request ->
          request.number() == 1 ? Reply.of(200, "x".repeat(5 << 20)) : Reply.taken(request));
      PulseClient client = accounts.builder(server.url()).build();
      trackNumbered(client, 0, 1);
      client.close(LIMIT);
      assertThat(accounts.delayed().getFirst().reason()).contains("longer than");
      accounts.mustAddUp(client);
    }
  }

  @Test
  void accountsForEveryEventWhenClosedUnderLoad() throws Exception {
    try (var server = FakeServer.takingAll()) {
      PulseClient client = accounts.builder(server.url()).queueBytes(1 << 20).build();
      var calls = new AtomicLong();
      var taken = new AtomicLong();
      var stop = new AtomicBoolean();
      List<Thread> threads =
          Stream.generate(() ->
                  Thread.ofPlatform()
                      .start(() -> {
                        while (!stop.get()) {
                          calls.incrementAndGet();
                          if (client.track(PulseEvent.of("load").with("n", 1))) {
                            taken.incrementAndGet();
                          }
                        }
                      }))
              .limit(4)
              .toList();
      await().atMost(LIMIT).until(() -> client.stats().delivered() > 5000);
      assertThat(client.close(LIMIT)).isTrue();
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
      PulseStats stats = client.stats();
      assertThat(stats.tracked()).isEqualTo(calls.get());
      assertThat(stats.delivered()).isEqualTo(taken.get());
      assertThat(server.ids()).hasSize((int) stats.delivered()).doesNotHaveDuplicates();
      assertThat(stats.delivered() + stats.droppedTotal()).isEqualTo(calls.get());
      assertThat(stats.queued()).isZero();
    }
  }

  @Test
  void leavesNoThreadBehind() {
    try (var server = FakeServer.takingAll()) {
      Set<Thread> before = Thread.getAllStackTraces().keySet();
      for (int i = 0; i < 5; i++) {
        PulseClient client = accounts.builder(server.url()).build();
        trackNumbered(client, 0, 10);
        client.close();
        client.close();
      }
      await()
          .atMost(LIMIT)
          .untilAsserted(() ->
              assertThat(
                      Thread.getAllStackTraces().keySet().stream()
                          .filter(thread -> !before.contains(thread))
                          .map(Thread::getName)
                          .filter(name ->
                              name.startsWith("pulsegate-") || name.startsWith("HttpClient")))
                  .isEmpty());
    }
  }

  @Test
  void tracksOnAThreadThatIsInterrupted() {
    try (var server = FakeServer.takingAll()) {
      PulseClient client = accounts.builder(server.url()).build();
      Thread.currentThread().interrupt();
      try {
        assertThat(client.track(PulseEvent.of("a"))).isTrue();
        assertThat(client.flush(LIMIT)).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
      } finally {
        boolean _ = Thread.interrupted();
      }
      client.close(LIMIT);
      assertThat(client.stats().delivered()).isEqualTo(1);
    }
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThatThrownBy(() -> PulseClient.builder("ftp://x")).hasMessageContaining("https://");
    assertThatThrownBy(() -> PulseClient.builder("http://u:p@x")).hasMessageContaining("https://");
    assertThatThrownBy(() -> PulseClient.builder("http://x").build())
        .hasMessageContaining("apiKey");
    assertThatThrownBy(() -> PulseClient.builder("http://x").batchEvents(0))
        .hasMessageContaining("batchEvents");
    assertThatThrownBy(() -> PulseClient.builder("http://x:70000"))
        .hasMessageContaining("https://");
    for (String name : List.of("Content-Length", "not a name", "X-Key:")) {
      assertThatThrownBy(() -> PulseClient.builder("http://x").header(name, "1"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(name);
    }
    assertThatThrownBy(
            () -> PulseClient.builder("http://x").flushInterval(ChronoUnit.FOREVER.getDuration()))
        .hasMessageContaining("flushInterval");
    assertThatThrownBy(() -> PulseClient.builder("http://x").flushInterval(Duration.ZERO))
        .hasMessageContaining("flushInterval");
    assertThatThrownBy(() -> PulseClient.builder("http://x").apiKey("a\r\nb"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() ->
            PulseClient.builder("http://x")
                .apiKey("k")
                .spool(java.nio.file.Path.of("/dev/null/spool"), 1 << 20)
                .build())
        .isInstanceOf(UncheckedIOException.class);
  }
}
