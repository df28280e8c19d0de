package io.pulsegate.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.webhook.Endpoint.Received;
import io.pulsegate.sinks.webhook.Endpoint.Sent;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import mockwebserver3.MockResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookSinkTest {
  private static final CursorKey KEY = new CursorKey("log-1", "hook", 0);
  private static final CursorRecord START = CursorRecord.startingAt(0);

  @TempDir Path folder;
  private Endpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint = new Endpoint();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Test
  void sendsTheEventsOfEachTenantAsASignedArray() throws Exception {
    Events.Frame frame =
        Events.of("a").add("e-0", "buy", "{\"x\": \n 1}").add("e-1", "t", "{}").frame();

    assertThat(write(Map.of(), batch(frame, Events.numbered("b", "f", 1))))
        .isEqualTo(new Delivered());

    assertThat(endpoint.taken())
        .containsExactlyInAnyOrder(
            new Sent("a", "e-0", "buy", "{\"x\":   1}"),
            new Sent("a", "e-1", "t", "{}"),
            new Sent("b", "f-0", "numbered", "{\"n\":0}"));
    for (Received request : endpoint.received()) {
      assertThat(request.timestamp())
          .isEqualTo(Long.toString(endpoint.clock.instant().getEpochSecond()));
      assertThat(request.signature())
          .isEqualTo(
              Signer.of(Endpoint.SECRET)
                  .sign(
                      request.id(),
                      Long.parseLong(request.timestamp()),
                      request.body().getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(endpoint.received()).extracting(Received::id).doesNotHaveDuplicates();
  }

  @Test
  void sendsOneEventARequestWhereAskedTo() throws Exception {
    write(Map.of("body", "single"), batch(Events.numbered("a", "e", 3)));

    assertThat(endpoint.received()).hasSize(3);
    assertThat(endpoint.received()).allMatch(request -> request.body().startsWith("{\"type\":"));
  }

  @Test
  void givesTwoTenantsEventsOfOneIdTwoMessageIds() throws Exception {
    write(
        Map.of("body", "single"),
        batch(Events.numbered("a", "e", 1), Events.numbered("b", "e", 1)));

    assertThat(endpoint.received()).extracting(Received::id).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void keepsTheIdOfAMessageThatIsTriedAgainThoughMoreEventsHaveCome() throws Exception {
    Events.Frame first = Events.numbered("a", "e", 5);
    try (WebhookSink sink = endpoint.sink(folder, Map.of())) {
      endpoint.answers(request -> 503);
      assertOutage(sink.write(batch(first)));
      endpoint.answers(request -> 200);
      sink.write(batch(first, Events.numbered("a", "f", 5)));
    }

    List<Received> all = endpoint.received();
    assertThat(all).hasSize(3);
    assertThat(all.get(1).id()).isEqualTo(all.get(0).id());
    assertThat(all.get(1).body()).isEqualTo(all.get(0).body());
    assertThat(all.get(2).ids()).containsExactly("f-0", "f-1", "f-2", "f-3", "f-4");
  }

  @Test
  void doesNotSendAgainWhatWasTakenBeforeAFailure() throws Exception {
    try (WebhookSink sink = endpoint.sink(folder, Map.of("batch_events", "2"))) {
      Batch batch = batch(Events.numbered("a", "e", 6));
      endpoint.answers(request -> request.ids().contains("e-2") ? 500 : 200);
      assertOutage(sink.write(batch));
      endpoint.answers(request -> 200);
      assertThat(sink.write(batch)).isEqualTo(new Delivered());
    }

    assertThat(endpoint.taken())
        .extracting(Sent::id)
        .containsExactly("e-0", "e-1", "e-2", "e-3", "e-4", "e-5");
  }

  @Test
  void honoursRetryAfter() throws Exception {
    endpoint.answersWith(
        request -> new MockResponse.Builder().code(429).addHeader("Retry-After", "90").build());

    assertThat(write(Map.of(), batch(Events.numbered("a", "e", 1))))
        .isInstanceOfSatisfying(
            Unavailable.class,
            wait -> {
              assertThat(wait.cause()).isEqualTo(Cause.OUTAGE);
              assertThat(wait.retryAfter()).hasValue(Duration.ofSeconds(90));
            });
  }

  @Test
  void stopsAfter410UntilTheNextStart() throws Exception {
    Batch batch = batch(Events.numbered("a", "e", 1));
    try (WebhookSink sink = endpoint.sink(folder, Map.of())) {
      endpoint.answers(request -> 410);
      assertMisconfigured(sink.write(batch), "410");
      endpoint.answers(request -> 200);
      endpoint.clock.advance(Duration.ofDays(10));
      assertMisconfigured(sink.write(batch), "410");
    }

    assertThat(endpoint.received()).hasSize(1);
    assertThat(write(Map.of(), batch)).isEqualTo(new Delivered());
  }

  @Test
  void leavesAnEndpointThatFailsForDaysAloneAndLooksOnceAnHour() throws Exception {
    Batch batch = batch(Events.numbered("a", "e", 1));
    endpoint.answers(request -> 500);
    try (WebhookSink sink = endpoint.sink(folder, Map.of("pause_after", "2d"))) {
      assertOutage(sink.write(batch));
      endpoint.clock.advance(Duration.ofHours(47));
      assertOutage(sink.write(batch));
    }
    // The time of the first failure holds over a restart.
    try (WebhookSink sink = endpoint.sink(folder, Map.of("pause_after", "2d"))) {
      endpoint.clock.advance(Duration.ofHours(1));
      assertMisconfigured(sink.write(batch), "paused");
      assertThat(endpoint.received()).hasSize(3);

      endpoint.clock.advance(Duration.ofMinutes(59));
      assertMisconfigured(sink.write(batch), "paused");
      assertThat(endpoint.received()).hasSize(3);

      endpoint.clock.advance(Duration.ofMinutes(1));
      assertMisconfigured(sink.write(batch), "paused");
      assertThat(endpoint.received()).hasSize(4);

      endpoint.answers(request -> 200);
      endpoint.clock.advance(Duration.ofHours(1));
      assertThat(sink.write(batch)).isEqualTo(new Delivered());
      endpoint.answers(request -> 500);
      assertOutage(sink.write(batch));
    }
  }

  @Test
  void findsTheEventThatIsRefusedWithinItsBatch() throws Exception {
    endpoint.answers(request -> request.ids().contains("e-5") ? 422 : 200);

    WriteResult result = write(Map.of(), batch(Events.numbered("a", "e", 8)));

    assertThat(result).isInstanceOf(Mixed.class);
    SliceResult slice = ((Mixed) result).slices().getFirst();
    assertThat(slice.deliveredEnd()).isEqualTo(5);
    assertThat(slice.unavailable()).isEmpty();
    assertThat(slice.rejections())
        .containsExactly(new Rejection(5, "422", "the endpoint answered 422"));
    assertThat(endpoint.taken()).extracting(Sent::id).doesNotContain("e-5", "e-6", "e-7");
  }

  @Test
  void hasSeveralTenantsRequestsInFlight() throws Exception {
    endpoint.answers(meeting(4));

    WriteResult result =
        write(
            Map.of("in_flight", "4"),
            batch(
                IntStream.range(0, 4)
                    .mapToObj(i -> Events.numbered("t" + i, "e", 3))
                    .toArray(Events.Frame[]::new)));

    assertThat(result).isEqualTo(new Delivered());
  }

  @Test
  void hasSeveralRequestsOfOneTenantInFlightWhereOrderIsNotAskedFor() throws Exception {
    endpoint.answers(meeting(4));

    WriteResult result =
        write(
            Map.of("in_flight", "4", "ordered", "false", "body", "single"),
            batch(Events.numbered("a", "e", 8)));

    assertThat(result).isEqualTo(new Delivered());
    assertThat(endpoint.taken()).hasSize(8);
  }

  /// Answers only when so many requests are there at once.
  private static Endpoint.Script<Integer> meeting(int requests) {
    var barrier = new CyclicBarrier(requests);
    return request -> {
      barrier.await(10, TimeUnit.SECONDS);
      return 200;
    };
  }

  @Test
  void sendsATenantsRequestsOneAfterAnotherAndInOrder() throws Exception {
    Set<String> busy = ConcurrentHashMap.newKeySet();
    var overlapped = new AtomicBoolean();
    endpoint.answers(request -> {
      String tenant = request.events().getFirst().tenant();
      if (!busy.add(tenant)) {
        overlapped.set(true);
      }
      busy.remove(tenant);
      return 200;
    });

    write(
        Map.of("body", "single"),
        batch(Events.numbered("a", "a", 50), Events.numbered("b", "b", 50)));

    assertThat(overlapped).isFalse();
    for (String tenant : List.of("a", "b")) {
      assertThat(endpoint.taken().stream().filter(it -> it.tenant().equals(tenant)))
          .extracting(Sent::id)
          .containsExactlyElementsOf(
              IntStream.range(0, 50).mapToObj(i -> tenant + "-" + i).toList());
    }
  }

  @Test
  void keepsConnectionsAndReplacesOneThatWasClosed() throws Exception {
    try (WebhookSink sink = endpoint.sink(folder, Map.of())) {
      for (int i = 0; i < 3; i++) {
        sink.write(batch(Events.numbered("a", "e" + i, 1)));
      }
      endpoint.answersWith(request ->
          new MockResponse.Builder()
              .onResponseEnd(mockwebserver3.SocketEffect.ShutdownConnection.INSTANCE)
              .build());
      sink.write(batch(Events.numbered("a", "f", 1)));
      endpoint.answers(request -> 200);
      assertThat(sink.write(batch(Events.numbered("a", "g", 1)))).isEqualTo(new Delivered());
    }

    var connections = new HashSet<Integer>();
    endpoint.received().forEach(request -> connections.add(request.connection()));
    assertThat(connections).hasSize(2);
  }

  @Test
  void sendsAuthorizationOnlyWhereItIsSet() throws Exception {
    assertThat(write(Map.of("authorization", "Bearer t"), batch(Events.numbered("a", "e", 1))))
        .isEqualTo(new Delivered());
  }

  private WriteResult write(Map<String, String> settings, Batch batch) throws InterruptedException {
    try (WebhookSink sink = endpoint.sink(folder, settings)) {
      return sink.write(batch);
    }
  }

  private static Batch batch(Events.Frame... frames) {
    return Batches.of(KEY, START, frames);
  }

  private static void assertOutage(WriteResult result) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Unavailable.class, it -> assertThat(it.cause()).isEqualTo(Cause.OUTAGE));
  }

  private static void assertMisconfigured(WriteResult result, String word) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Unavailable.class,
            it -> {
              assertThat(it.cause()).isEqualTo(Cause.MISCONFIGURED);
              assertThat(it.reason()).contains(word);
            });
  }
}
