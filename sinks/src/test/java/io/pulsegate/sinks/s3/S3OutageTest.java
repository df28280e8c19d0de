package io.pulsegate.sinks.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.StoredEvent;
import io.pulsegate.testkit.TcpLink;
import io.pulsegate.testkit.stores.TestS3;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the listing of a bucket shows while and after objects could not be sent.
class S3OutageTest {
  private static final CursorKey KEY = new CursorKey("log-1", "lake", 0);
  private static final int EVENTS = 12;
  private static final String OBJECT = "events/a/2026-03-10/20260310_120000_0-11.ndjson";

  private final TestStore store = new TestStore();
  @TempDir Path folder;

  /// In a request that stores an object whole, in the first of its parts, in a later one, and
  /// before anything of it.
  @ParameterizedTest
  @ValueSource(strings = {"16MiB 3000000", "5MiB 1000000", "5MiB 7000000", "5MiB 0"})
  void aConnectionCutInMidUploadLeavesNoPartAndDoublesNothing(String text) throws Exception {
    String[] words = text.split(" ", -1);
    try (TcpLink link = TcpLink.to(TestS3.shared().port())) {
      var settings = Map.of("endpoint", "http://127.0.0.1:" + link.port(), "part_size", words[0]);
      try (S3Sink sink = store.sink(folder, settings)) {
        CursorRecord mine = claim(sink);
        link.cutAfter(Long.parseLong(words[1]));
        Unavailable trouble = (Unavailable) sink.write(megabytes(mine));
        assertThat(trouble.cause()).as(trouble.reason()).isEqualTo(Cause.OUTAGE);
        assertThat(store.keys()).isEmpty();

        link.mend();
        assertThat(claim(sink).head()).isEqualTo(EVENTS);
      }
    }
    assertStoredOnce();
  }

  /// Nothing is known here of what was sent before: a later server is asked first.
  @Test
  void whatAKilledServerLeftUnfinishedIsCleanedUpByTheNext() throws Exception {
    try (TcpLink link = TcpLink.to(TestS3.shared().port())) {
      var settings = Map.of("endpoint", "http://127.0.0.1:" + link.port(), "part_size", "5MiB");
      try (S3Sink sink = store.sink(folder, settings)) {
        CursorRecord mine = claim(sink);
        link.cutAfter(7_000_000);
        assertThat(sink.write(megabytes(mine))).isInstanceOf(Unavailable.class);
      }
    }
    // The link was cut, so that the one who began the parts could not take them back either.
    assertThat(store.unfinishedUploads()).isEqualTo(1);

    try (S3Sink sink = store.sink(folder, Map.of("part_size", "5MiB"))) {
      assertThat(claim(sink).head()).isEqualTo(EVENTS);
    }
    assertStoredOnce();
  }

  /// The store's own answers, then a store that takes it.
  @ParameterizedTest
  @ValueSource(strings = {"503 SlowDown", "403 RequestTimeTooSkewed", "500 InternalError"})
  void whatWasRefusedForATimeIsStoredOnceAfterwards(String answer) throws Exception {
    String[] words = answer.split(" ", -1);
    try (var server = new MockWebServer()) {
      server.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              return new MockResponse.Builder()
                  .code(Integer.parseInt(words[0]))
                  .body("<Error><Code>" + words[1] + "</Code><Message>x</Message></Error>")
                  .build();
            }
          });
      server.start(InetAddress.getLoopbackAddress(), 0);
      refusedAt(Map.of("endpoint", "http://127.0.0.1:" + server.getPort()), words[1]);
    }
    storesItNow();
  }

  @Test
  void whatWasRefusedForWrongCredentialsIsStoredOnceAfterwards() throws Exception {
    refusedAt(Map.of("secret_key", "wrong"), "SignatureDoesNotMatch");
    assertThat(store.keys()).isEmpty();
    storesItNow();
  }

  private void refusedAt(Map<String, String> settings, String code) throws Exception {
    try (S3Sink sink = store.sink(folder, settings)) {
      Unavailable trouble = (Unavailable) sink.write(megabytes(claim(sink)));
      assertThat(trouble.reason()).contains(code);
    }
  }

  private void storesItNow() throws Exception {
    try (S3Sink sink = store.sink(folder, Map.of())) {
      assertThat(claim(sink).head()).isEqualTo(EVENTS);
    }
    assertStoredOnce();
  }

  /// A tenant whose bucket is missing, or whose id makes no name of one, waits alone.
  @Test
  void aTenantWithoutABucketHoldsUpNobodyElse() throws Exception {
    var settings = new HashMap<>(Map.of("bucket", store.bucket + "-{tenant}"));
    TestS3.shared().client().createBucket(request -> request.bucket(store.bucket + "-a"));
    try (S3Sink sink = store.sink(folder, settings)) {
      CursorRecord mine = claim(sink);
      var batch =
          Batches.of(
              KEY,
              mine,
              Events.numbered("a", "e", 3),
              Events.numbered("b", "f", 3),
              Events.numbered("No_Name", "g", 3));
      var mixed = (io.pulsegate.api.WriteResult.Mixed) sink.write(batch);
      assertThat(mixed.slices())
          .extracting(slice -> slice.unavailable().isPresent())
          .containsExactly(false, true, true);
      assertThat(mixed.slices())
          .flatExtracting(slice -> slice.unavailable().stream().toList())
          .extracting(Unavailable::cause)
          .containsOnly(Cause.MISCONFIGURED);
      assertThat(mixed.slices().get(1).unavailable().orElseThrow().reason())
          .contains(store.bucket + "-b");

      assertThat(sink.write(Batches.of(KEY, mine, Events.numbered("a", "e", 3))))
          .isEqualTo(new Delivered());
      assertThat(store.keys(store.bucket + "-a")).hasSize(1);
    }
  }

  private static io.pulsegate.api.Batch megabytes(CursorRecord at) {
    Events events = Events.of("a");
    for (int i = 0; i < EVENTS; i++) {
      events.add("e-" + i, "t", "\"" + "x".repeat(1_000_000) + "\"");
    }
    return Batches.of(KEY, at, events.frame());
  }

  private static CursorRecord claim(S3Sink sink) throws InterruptedException {
    Claim claim = sink.claim(KEY, CursorRecord.startingAt(0));
    assertThat(claim).isInstanceOf(Claim.Owned.class);
    return ((Claim.Owned) claim).record();
  }

  private void assertStoredOnce() throws Exception {
    assertThat(store.keys()).isEqualTo(List.of(OBJECT));
    assertThat(store.unfinishedUploads()).isZero();
    assertThat(store.stored())
        .extracting(StoredEvent::offset)
        .containsExactlyElementsOf(LongStream.range(0, EVENTS).boxed().toList());
  }
}
