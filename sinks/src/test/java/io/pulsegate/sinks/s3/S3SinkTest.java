package io.pulsegate.sinks.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.ObjectExport.Sent;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.Seeds;
import io.pulsegate.testkit.StoredEvent;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

class S3SinkTest {
  private static final CursorKey KEY = new CursorKey("log-1", "lake", 0);

  private final TestStore store = new TestStore();
  @TempDir Path folder;

  @Test
  void gathersBatchesIntoAnObjectUntilItIsOldEnough() throws Exception {
    try (S3Sink sink = store.sink(folder, Map.of("object_age", "1m"))) {
      CursorRecord mine = claim(sink);
      mine = deliver(sink, Batches.of(KEY, mine, Events.numbered("a", "e", 10)));
      deliver(sink, Batches.of(KEY, mine, Events.numbered("a", "f", 10)));
      assertThat(store.keys()).isEmpty();

      store.clock.advance(Duration.ofMinutes(1));
      Awaitility.await().until(() -> !store.keys().isEmpty());
    }

    assertThat(store.keys()).containsExactly("events/a/2026-03-10/20260310_120000_0-19.ndjson");
    assertStored(20);
  }

  @Test
  void sendsAnObjectThatIsLargeEnough() throws Exception {
    try (S3Sink sink = store.sink(folder, Map.of("object_age", "1h", "object_size", "10k"))) {
      CursorRecord mine = claim(sink);
      for (int i = 0; i < 10; i++) {
        mine = deliver(sink, Batches.of(KEY, mine, Events.numbered("a", "e" + i, 30)));
      }
      Awaitility.await().until(() -> store.keys().size() > 2);
    }
  }

  @Test
  void sendsAnObjectOfManyEvents() throws Exception {
    try (S3Sink sink = store.sink(folder, Map.of("object_age", "1h", "object_events", "50"))) {
      CursorRecord mine = claim(sink);
      for (int i = 0; i < 4; i++) {
        mine = deliver(sink, Batches.of(KEY, mine, Events.numbered("a", "e" + i, 30)));
      }
      Awaitility.await().until(() -> store.keys().size() == 2);
    }
    assertStored(120);
  }

  @Test
  void sendsWhatHasGatheredWhenAskedAndTellsOfIt() throws Exception {
    List<Sent> told = new java.util.concurrent.CopyOnWriteArrayList<>();
    try (S3Sink sink = store.sink(folder, Map.of("object_age", "1h"))) {
      sink.onSent(told::add);
      deliver(sink, Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10)));
      assertThat(sink.gatheredSince()).hasValue(store.clock.instant());

      assertThat(sink.sendNow(Duration.ofSeconds(30))).isEmpty();

      assertThat(sink.gatheredSince()).isEmpty();
      assertThat(told)
          .singleElement()
          .isEqualTo(
              new Sent(
                  store.bucket,
                  "events/a/2026-03-10/20260310_120000_0-9.ndjson",
                  10,
                  0,
                  9,
                  store.clock.instant()));
      assertThat(sink.settings().toString()).contains(store.bucket).doesNotContain("secret");
    }
    assertStored(10);
  }

  @Test
  void keepsTenantsApartAndSendsSomeToBucketsOfTheirOwn() throws Exception {
    var other = new TestStore();
    try (S3Sink sink = store.sink(folder, Map.of("buckets", "b=" + other.bucket))) {
      deliver(
          sink,
          Batches.of(KEY, claim(sink), Events.numbered("a", "e", 2), Events.numbered("b", "f", 2)));
    }

    assertThat(store.stored()).extracting(StoredEvent::tenant).containsOnly("a");
    assertThat(other.stored()).extracting(StoredEvent::tenant).containsOnly("b");
  }

  @Test
  void sendsLargeObjectsInPartsAndCompressedOnesAlike() throws Exception {
    byte[] noise = new byte[300_000];
    Seeds.random(1).nextBytes(noise);
    String text = java.util.Base64.getEncoder().encodeToString(noise);
    Events.Frame[] frames = new Events.Frame[4];
    for (int f = 0; f < frames.length; f++) {
      Events events = Events.of("a");
      for (int i = 8 * f; i < 8 * f + 8; i++) {
        events.add("e-" + i, "t", "{\"v\":\"" + text.substring(i) + "\"}");
      }
      frames[f] = events.frame();
    }
    for (String compression : List.of("none", "gzip")) {
      var target = new TestStore();
      try (S3Sink sink =
          target.sink(
              folder.resolve(compression),
              Map.of("part_size", "5MiB", "compression", compression))) {
        deliver(sink, Batches.of(KEY, claim(sink), frames));
      }
      String tag =
          TestStore.client()
              .headObject(request -> request.bucket(target.bucket).key(target.keys().getFirst()))
              .eTag();
      assertThat(tag).as("an object made of parts").contains("-");
      assertThat(target.stored()).hasSize(32);
      assertThat(target.unfinishedUploads()).isZero();
    }
  }

  @Test
  void writesOneArrayAndZstandardWhereAskedTo() throws Exception {
    try (S3Sink sink = store.sink(folder, Map.of("format", "json", "compression", "zstd"))) {
      deliver(sink, Batches.of(KEY, claim(sink), Events.numbered("a", "e", 3)));
    }

    String key = store.keys().getFirst();
    assertThat(key).endsWith(".json.zst");
    try (var in = new ZstdInputStream(new ByteArrayInputStream(store.bytes(key)))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(text).startsWith("[\n{").endsWith("}\n]\n");
      assertThat(text.split(",\n\\{", -1)).hasSize(3);
    }
  }

  @Test
  void sendsTheSameRangesUnderTheSameNamesAfterACrash() throws Exception {
    var settings = Map.of("object_age", "1h");
    CursorRecord staged;
    try (S3Sink sink = store.sink(folder, settings)) {
      staged = deliver(sink, Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10)));
    }
    assertThat(store.keys()).isEmpty();
    String name = "events/a/2026-03-10/20260310_120000_0-9.ndjson";
    // As if the first try had been cut off behind the upload: another object of that name.
    TestStore.client()
        .putObject(
            request -> request.bucket(store.bucket).key(name), RequestBody.fromString("old"));

    try (S3Sink sink = store.sink(folder, settings)) {
      CursorRecord again = claim(sink);
      assertThat(again).isEqualTo(staged.withFence(2));
      assertThat(store.keys()).containsExactly(name);
      assertStored(10);

      deliver(sink, Batches.of(KEY, again, Events.numbered("a", "f", 10)));
      store.clock.advance(Duration.ofHours(1));
      Awaitility.await().until(() -> store.keys().size() == 2);
      assertStored(20);
    }
  }

  @Test
  void endsAnUploadThatAnEarlierTryLeft() throws Exception {
    String name = "events/a/2026-03-10/20260310_120000_0-7.ndjson";
    TestStore.client().createMultipartUpload(request -> request.bucket(store.bucket).key(name));
    assertThat(store.unfinishedUploads()).isEqualTo(1);
    Events events = Events.of("a");
    for (int i = 0; i < 8; i++) {
      events.add("e-" + i, "t", "\"" + "x".repeat(1_000_000) + "\"");
    }

    try (S3Sink sink = store.sink(folder, Map.of("part_size", "5MiB"))) {
      deliver(sink, Batches.of(KEY, claim(sink), events.frame()));
    }

    assertThat(store.keys()).containsExactly(name);
    assertThat(store.unfinishedUploads()).isZero();
  }

  @Test
  void stagesNothingMoreWhileTheStoreIsDownAndGoesOnWithTheSameRange() throws Exception {
    int port;
    try (var free = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (S3Sink sink = store.sink(folder, Map.of("endpoint", "http://127.0.0.1:" + port))) {
      CursorRecord mine = claim(sink);
      Batch batch = Batches.of(KEY, mine, Events.numbered("a", "e", 10));
      assertUnavailable(sink.write(batch), Cause.OUTAGE);
      // The batch is staged, and the cursor behind it; another one is not taken.
      Batch next = Batches.of(KEY, batch.cursor().to(), Events.numbered("a", "f", 10));
      assertUnavailable(sink.write(next), Cause.OUTAGE);
      assertThat(sink.claim(KEY, CursorRecord.startingAt(0))).isInstanceOf(Claim.Failed.class);
    }

    try (S3Sink sink = store.sink(folder, Map.of())) {
      CursorRecord again = claim(sink);
      assertThat(again.head()).isEqualTo(10);
      deliver(sink, Batches.of(KEY, again, Events.numbered("a", "f", 10)));
    }
    assertStored(20);
    assertThat(store.keys()).hasSize(2);
  }

  @Test
  void waitsForAPersonWithWrongCredentialsOrAMissingBucket() throws Exception {
    for (Map<String, String> wrong :
        List.of(
            Map.of("secret_key", "wrong"),
            Map.of("access_key", "nobody"),
            Map.of("bucket", "no-such-bucket"))) {
      Path own = folder.resolve(Integer.toString(wrong.hashCode()));
      try (S3Sink sink = store.sink(own, wrong)) {
        assertUnavailable(
            sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 1))),
            Cause.MISCONFIGURED);
      }
    }
  }

  /// 503 SlowDown, a clock that is off, a cut connection: as the SDK shows them to the sink.
  @Test
  void triesAgainWhenToldToSlowDownOrCutOff() throws Exception {
    String slow = "<Error><Code>SlowDown</Code><Message>x</Message></Error>";
    String skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>x</Message></Error>";
    var count = new AtomicInteger();
    try (var server = new MockWebServer()) {
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              int number = count.getAndIncrement();
              String path = request.getTarget();
              return path.contains("slow")
                  ? new MockResponse.Builder().code(503).body(slow).build()
                  : path.contains("skewed")
                      ? new MockResponse.Builder().code(403).body(skewed).build()
                      : new MockResponse.Builder()
                          .code(number)
                          .onResponseStart(SocketEffect.ShutdownConnection.INSTANCE)
                          .build();
            }
          });
      server.start(InetAddress.getLoopbackAddress(), 0);
      String endpoint = "http://127.0.0.1:" + server.getPort();
      assertThat(writeTo(endpoint, "slow").cause()).isEqualTo(Cause.OUTAGE);
      assertThat(writeTo(endpoint, "cut").cause()).isEqualTo(Cause.OUTAGE);
      Unavailable clock = writeTo(endpoint, "skewed");
      assertThat(clock.cause()).isEqualTo(Cause.MISCONFIGURED);
      assertThat(clock.reason()).contains("RequestTimeTooSkewed").contains("clock");
    }
  }

  private Unavailable writeTo(String endpoint, String bucket) throws InterruptedException {
    try (S3Sink sink =
        store.sink(folder.resolve(bucket), Map.of("endpoint", endpoint, "bucket", bucket))) {
      return (Unavailable) sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 1)));
    }
  }

  private static CursorRecord claim(S3Sink sink) throws InterruptedException {
    Claim claim = sink.claim(KEY, CursorRecord.startingAt(0));
    assertThat(claim).isInstanceOf(Claim.Owned.class);
    return ((Claim.Owned) claim).record();
  }

  private static CursorRecord deliver(S3Sink sink, Batch batch) throws InterruptedException {
    assertThat(sink.write(batch)).isEqualTo(new Delivered());
    return batch.cursor().to();
  }

  private static void assertUnavailable(WriteResult result, Cause cause) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Unavailable.class, it -> assertThat(it.cause()).as(it.reason()).isEqualTo(cause));
  }

  /// Every offset below the head stands in one object.
  private void assertStored(long head) throws Exception {
    assertThat(store.stored())
        .extracting(StoredEvent::offset)
        .containsExactlyElementsOf(LongStream.range(0, head).boxed().toList());
  }
}
