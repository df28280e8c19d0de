package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Verdict;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.core.Rig.Sent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlainSinkTest {
  private static final int FLOOD_BYTES = 4 << 20;
  private static final String PAYLOAD = "{\"x\":\"" + "y".repeat(4_000) + "\"}";

  private final FakePlainSink sink = new FakePlainSink();

  @Test
  void resumesFromTheCursorKeptHere() {
    Rig first = new Rig(Map.of("web", sink));
    first.send(1, "a", "b");
    first.awaitSettled("web");
    first.close();
    assertThat(sink.isClosed()).isTrue();
    first.logDisk.kill();
    first.cursorDisk.kill();
    var second = new FakePlainSink();
    try (Rig rig = first.restarted(Map.of("web", second), 1 << 20, 2)) {
      rig.send(1, "c");
      rig.awaitSettled("web");
      assertThat(second.ids()).containsExactly("c");
      assertThat(rig.sink("web").delivered()).isEqualTo(3);
    }
  }

  @Test
  void theCursorIsDurableBeforeTheNextEventsAndAPowerFailureRepeatsAtMostABatch() {
    Rig first = new Rig(Map.of("web", sink));
    first.send(1, "a", "b");
    first.awaitSettled("web");
    first.close();
    first.logDisk.crash(new SplittableRandom(1));
    first.cursorDisk.crash(new SplittableRandom(1));
    var second = new FakePlainSink();
    try (Rig rig = first.restarted(Map.of("web", second), 1 << 20, 2)) {
      rig.send(1, "c");
      rig.awaitSettled("web");
      assertThat(second.ids()).containsExactly("c");
    }
  }

  @Test
  void takesAPrefixAndDeliversTheRestWithoutTheDeadLetter() {
    var once = new AtomicBoolean(true);
    sink.script(batch ->
        batch.events() > 0 && once.getAndSet(false)
            ? Optional.of(prefixThenRejected(batch, 2))
            : Optional.empty());
    try (Rig rig = new Rig(Map.of("web", sink))) {
      rig.send(1, "a", "b", "bad", "c");
      rig.awaitSettled("web");
      assertThat(sink.ids()).containsExactly("a", "b", "c");
      assertThat(rig.letters.ids()).containsExactly("bad");
      assertThat(rig.sink("web").delivered()).isEqualTo(3);
      assertThat(rig.sink("web").deadLettered()).isEqualTo(1);
    }
  }

  private WriteResult prefixThenRejected(Batch batch, int prefix) {
    long end = batch.slices().getFirst().firstOffset() + prefix;
    sink.take(batch, end);
    return new WriteResult.Mixed(
        List.of(
            new SliceResult(end, List.of(new Rejection(end, "400", "never")), Optional.empty())));
  }

  @Test
  void aTenantThatFailsAfterAPrefixGoesOnBehindItAlone() {
    var down = new AtomicBoolean(true);
    sink.script(batch -> down.get() ? Optional.of(tenantDown(batch)) : Optional.empty());
    try (Rig rig = new Rig(Map.of("web", sink))) {
      rig.send(1, "a0", "a1", "a2");
      rig.send(2, "b0");
      rig.send(1, "a3");
      Await.until(
          () -> sink.ids().containsAll(List.of("b0", "a0")) && rig.sink("web").head() >= 5,
          () -> sink.ids() + " " + rig.sink("web"));
      rig.send(3, List.of(new Sent("c0", "ok")));
      Await.until(() -> sink.ids().contains("c0"), () -> sink.ids().toString());
      down.set(false);
      rig.awaitSettled("web");
      assertThat(sink.ids()).containsExactlyInAnyOrder("a0", "a1", "a2", "a3", "b0", "c0");
      assertThat(sink.ids().stream().filter(id -> id.startsWith("a")))
          .containsExactly("a0", "a1", "a2", "a3");
      assertThat(rig.sink("web").delivered()).isEqualTo(6);
    }
  }

  /// Takes everything but t1's events, of which it takes the first it has never seen.
  private WriteResult tenantDown(Batch batch) {
    var results = new ArrayList<SliceResult>();
    for (var slice : batch.slices()) {
      if (slice.tenant().value().equals("t1")) {
        long end = slice.firstOffset() == 0 ? 1 : slice.firstOffset();
        sink.take(new Batch(0, List.of(slice), batch.cursor()), end);
        results.add(
            new SliceResult(
                end,
                List.of(),
                Optional.of(new Unavailable(WriteResult.Cause.OUTAGE, "403", Optional.empty()))));
      } else {
        sink.take(new Batch(0, List.of(slice), batch.cursor()), Long.MAX_VALUE);
        results.add(SliceResult.delivered(slice));
      }
    }
    return new WriteResult.Mixed(results);
  }

  @Test
  void aSinkThatIsDownHoldsTheLogForThoseAloneWhoSendToIt() throws Exception {
    var down = new AtomicBoolean(true);
    sink.script(batch -> down.get() ? Optional.of(away()) : Optional.empty());
    LaneRules onlyTheFirst =
        (lane, _) ->
            lane.tenant().value().equals("t1")
                ? Optional.empty()
                : Optional.of(_ -> new Verdict.Drop("not_routed"));
    try (Rig rig = new Rig(Map.of("web", sink), onlyTheFirst, Rig.FAST, 1 << 12)) {
      long flooded = 0;
      for (int i = 0; flooded < FLOOD_BYTES; i++) {
        if (i % 50 == 0) {
          rig.send(1, "a" + i / 50);
        }
        rig.send(2, List.of(new Sent("b" + i, "ok", PAYLOAD, "")));
        flooded += PAYLOAD.length();
      }
      Await.until(
          () -> sizeBytes(rig) < FLOOD_BYTES * 3L / 4,
          () -> sizeBytes(rig) + " bytes, " + rig.sink("web"));
      assertThat(rig.sink("web").stragglers())
          .singleElement()
          .satisfies(straggler -> assertThat(straggler.lane()).contains("t1"));
      down.set(false);
      rig.awaitSettled("web");
      assertThat(sink.ids())
          .containsExactlyElementsOf(
              IntStream.range(0, sink.ids().size()).mapToObj(i -> "a" + i).toList());
      assertThat(rig.sink("web").delivered()).isEqualTo(sink.ids().size());
      assertThat(rig.sink("web").lagEvents()).isZero();
    }
  }

  @Test
  void aSinkThatIsDownForAllWhoAreThereStopsItsHead() {
    var down = new AtomicBoolean(true);
    sink.script(batch -> down.get() ? Optional.of(away()) : Optional.empty());
    try (Rig rig = new Rig(Map.of("web", sink))) {
      rig.send(1, "a");
      rig.send(2, "b");
      Await.until(
          () -> rig.sink("web").state() == SinkStatus.State.BACKING_OFF,
          () -> rig.sink("web").toString());
      assertThat(rig.sink("web").stragglers()).isEmpty();
      down.set(false);
      rig.awaitSettled("web");
      assertThat(sink.ids()).containsExactly("a", "b");
    }
  }

  private static Unavailable away() {
    return new Unavailable(WriteResult.Cause.OUTAGE, "connection refused", Optional.empty());
  }

  private static long sizeBytes(Rig rig) {
    synchronized (rig.logDisk) { // no file goes in between
      return rig.logDisk.names().stream().mapToLong(name -> rig.logDisk.bytes(name).length).sum();
    }
  }
}
