package io.pulsegate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Sink;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Mixed;
import io.pulsegate.api.WriteResult.Unavailable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every sink that keeps no cursor must do. A sink joins by extending it with a few lines: how
/// to open it, how to read back what has arrived, how to hurt the destination, and what it does not
/// promise.
public abstract class PlainSinkContract {
  /// Where the batches of most tests stand.
  protected static final CursorKey KEY = new CursorKey("log-1", "contract", 0);

  /// The tenant that [#refuseTenant] is about.
  protected static final String REFUSED_TENANT = "refused";

  private static final int TRIES_MAX = 10;
  private static final CursorRecord START = CursorRecord.startingAt(0);

  private final List<Sink> opened = new ArrayList<>();

  /// A new sink on the destination of this test, which is empty at the first call. A later one is
  /// what a restart after a crash makes: with the same data folder, where the sink uses one.
  protected abstract Sink newSink();

  /// All that has arrived, in the order of its arrival as far as the destination tells: what
  /// arrived twice stands there twice.
  protected abstract List<Arrival> arrived() throws Exception;

  /// What the sink does not promise.
  protected Set<Promise> notPromised() {
    return Set.of();
  }

  /// Makes the destination unreachable; [Promise#OUTAGE].
  protected void takeDown() throws Exception {
    throw new UnsupportedOperationException("declare OUTAGE as not promised");
  }

  /// Undoes [#takeDown].
  protected void bringBack() throws Exception {
    throw new UnsupportedOperationException("declare OUTAGE as not promised");
  }

  /// Adds an event that the destination refuses for what is in it; [Promise#REJECTIONS].
  protected void addPoison(Events events, String id) {
    throw new UnsupportedOperationException("declare REJECTIONS as not promised");
  }

  /// Has the destination refuse [#REFUSED_TENANT] and no other; [Promise#TENANT_REFUSED].
  protected void refuseTenant() throws Exception {
    throw new UnsupportedOperationException("declare TENANT_REFUSED as not promised");
  }

  /// Undoes [#refuseTenant].
  protected void allowTenant() throws Exception {
    throw new UnsupportedOperationException("declare TENANT_REFUSED as not promised");
  }

  /// Has the destination take connections and bytes and answer nothing; [Promise#SLOW].
  protected void stall() throws Exception {
    throw new UnsupportedOperationException("declare SLOW as not promised");
  }

  /// Undoes [#stall].
  protected void resume() throws Exception {
    throw new UnsupportedOperationException("declare SLOW as not promised");
  }

  /// Opens a sink that is closed when the test ends.
  protected final Sink open() {
    Sink sink = newSink();
    opened.add(sink);
    return sink;
  }

  /// Closes a sink opened by [#open].
  protected final void close(Sink sink) {
    opened.remove(sink);
    sink.close();
  }

  @AfterEach
  final void closeAll() {
    opened.forEach(Sink::close);
    opened.clear();
  }

  private void assumePromised(Promise promise) {
    assumeFalse(notPromised().contains(promise), "does not promise " + promise);
  }

  /// Writes a batch that must be settled: each event has arrived, is dead, or is its tenant's. A
  /// busy machine may take a real destination for down once or twice.
  protected static PlainHead settle(Sink sink, Batch batch) throws InterruptedException {
    var head = new PlainHead(KEY, sink);
    int tries = 0;
    for (var down = head.settle(batch); down.isPresent(); down = head.settle(batch)) {
      assertThat(++tries).as("the destination is there: " + down).isLessThan(TRIES_MAX);
    }
    return head;
  }

  private static Batch batch(long from, Events.Frame... frames) {
    return Batches.of(KEY, CursorRecord.startingAt(from), frames);
  }

  @Test
  void deliversEachEventWithItsTenantIdTypeAndPayload() throws Exception {
    Events events =
        Events.of("tenant.one")
            .add("plain", "page_view", "{\"a\":[1,2.50,\"ü\"]}")
            .add("blank", "buy", "{ \"b\" : {} }");

    settle(open(), batch(0, events.frame(), Events.numbered("two", "n", 1)));

    assertThat(arrived())
        .containsExactlyInAnyOrder(
            new Arrival("tenant.one", "plain", "page_view", "{\"a\":[1,2.50,\"ü\"]}"),
            new Arrival("tenant.one", "blank", "buy", "{ \"b\" : {} }"),
            new Arrival("two", "n-0", "numbered", "{\"n\":0}"));
  }

  @Test
  void leavesOutDuplicatesAndWhatIsDeadLetteredAlready() throws Exception {
    Events.Frame frame = Events.numbered("a", "e", 5);
    frame.block().markDuplicate(1);

    settle(open(), Batches.without(KEY, START, Set.of(3L), frame));

    assertThat(ids()).containsExactlyInAnyOrder("e-0", "e-2", "e-4");
  }

  @Test
  void takesABatchWithoutAnyLiveEvent() throws Exception {
    Sink sink = open();
    Events.Frame frame = Events.numbered("a", "e", 1);
    frame.block().markDuplicate(0);

    assertThat(sink.write(batch(0, frame))).isEqualTo(new Delivered());
    assertThat(sink.write(batch(1))).isEqualTo(new Delivered());

    assertThat(arrived()).isEmpty();
  }

  @Test
  void keepsTheOrderOfATenantOverSeveralWrites() throws Exception {
    assumePromised(Promise.LANE_ORDER);
    Sink sink = open();

    for (int i = 0; i < 5; i++) {
      settle(
          sink,
          batch(i * 80L, Events.numbered("a", "a" + i, 50), Events.numbered("b", "b" + i, 30)));
    }

    assertThat(idsOf("a")).isEqualTo(numbered("a", 5, 50));
    assertThat(idsOf("b")).isEqualTo(numbered("b", 5, 30));
  }

  @Test
  void keepsTheOrderOfAKeyOverSeveralWrites() throws Exception {
    assumePromised(Promise.KEY_ORDER);
    Sink sink = open();

    for (int i = 0; i < 5; i++) {
      settle(sink, batch(i * 120L, keyed("a", i * 20, 20, 6)));
    }

    assertKeysInOrder("a", 100, 6);
    assertThat(ids()).hasSize(600);
  }

  @Test
  void deliversALargeBatchWithLargeEvents() throws Exception {
    String large = "{\"v\":\"" + "ü".repeat((1 << 18) - 16) + "\"}";
    Events.Frame giant = Events.of("giant").add("g-0", "t", large).add("g-1", "t", large).frame();

    settle(
        open(),
        batch(0, Events.numbered("a", "x", 10_000), giant, Events.numbered("a", "y", 10_000)));

    assertThat(ids()).hasSize(20_002).doesNotHaveDuplicates();
    assertThat(arrived()).contains(new Arrival("giant", "g-1", "t", large));
  }

  @Test
  void goesOnWhenOpenedAgain() throws Exception {
    Sink first = open();
    settle(first, batch(0, Events.numbered("a", "e", 20)));
    close(first);

    settle(open(), batch(20, Events.numbered("a", "f", 20)));

    assertThat(ids()).hasSize(40).doesNotHaveDuplicates();
  }

  @Test
  void deliversTheSameBatchAgainUnderTheSameIds() throws Exception {
    Sink sink = open();
    Batch batch = batch(0, Events.numbered("a", "e", 10), Events.numbered("b", "f", 10));

    settle(sink, batch);
    List<String> once = ids();
    settle(sink, batch);

    assertThat(once).hasSize(20).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(ids())).isEqualTo(new TreeSet<>(once));
    if (!notPromised().contains(Promise.SAME_BATCH_ONCE)) {
      assertThat(ids()).hasSize(20);
    }
  }

  @Test
  void deliversOnceWhatComesAgainAfterACrash() throws Exception {
    assumePromised(Promise.ONCE_AFTER_CRASH);
    Events.Frame frame = Events.numbered("a", "e", 10);
    settle(open(), batch(0, frame));

    // What a crash before the cursor was saved leads to: the first entries again, and more of them.
    settle(open(), batch(0, frame));
    settle(open(), batch(0, frame, Events.numbered("a", "f", 10)));

    assertThat(ids()).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void rejectsABadEventAndDeliversTheGoodOnesAroundIt() throws Exception {
    assumePromised(Promise.REJECTIONS);
    Events mixed = Events.of("a").add("e-0", "t", "{}").add("e-1", "t", "{}");
    addPoison(mixed, "bad");
    mixed.add("e-2", "t", "{}");

    PlainHead head = settle(open(), batch(0, mixed.frame(), Events.numbered("b", "f", 3)));

    assertThat(head.dead()).extracting(Rejection::offset).containsExactly(2L);
    assertThat(firsts(ids())).containsExactlyInAnyOrder("e-0", "e-1", "e-2", "f-0", "f-1", "f-2");
    if (!notPromised().contains(Promise.LANE_ORDER)) {
      assertThat(firsts(idsOf("a"))).containsExactly("e-0", "e-1", "e-2");
    }
  }

  @Test
  void rejectsEveryBadEventOfSeveralTenants() throws Exception {
    assumePromised(Promise.REJECTIONS);
    Events a = Events.of("a");
    addPoison(a, "bad-0");
    addPoison(a, "bad-1");
    a.add("e-0", "t", "{}");
    Events b = Events.of("b").add("f-0", "t", "{}");
    addPoison(b, "bad-2");

    PlainHead head = settle(open(), batch(0, a.frame(), b.frame()));

    assertThat(head.dead()).extracting(Rejection::offset).containsExactlyInAnyOrder(0L, 1L, 4L);
    assertThat(firsts(ids())).containsExactlyInAnyOrder("e-0", "f-0");
  }

  @Test
  void saysWhatItDidAtOnceAndOnlyThat() throws Exception {
    assumePromised(Promise.REJECTIONS);
    Events mixed = Events.of("a").add("e-0", "t", "{}").add("e-1", "t", "{}");
    addPoison(mixed, "bad");
    Sink sink = open();

    WriteResult result = sink.write(batch(0, mixed.add("e-2", "t", "{}").frame()));

    if (result instanceof Mixed(List<WriteResult.SliceResult> slices)) {
      long end = slices.getFirst().deliveredEnd();
      assertThat(ids()).containsAll(IntStream.range(0, (int) end).mapToObj(i -> "e-" + i).toList());
    }
  }

  @Test
  void goesOnWithoutATenantThatIsRefusedAndTakesItLater() throws Exception {
    assumePromised(Promise.TENANT_REFUSED);
    Sink sink = open();
    refuseTenant();

    PlainHead head =
        settle(
            sink,
            batch(0, keyed(REFUSED_TENANT, 0, 4, 2), keyed("a", 0, 4, 2), keyed("b", 0, 4, 2)));

    assertThat(head.dead()).as("nothing counts against an event").isEmpty();
    assertThat(head.fallen().keySet())
        .extracting(LaneKey::tenant)
        .extracting(Object::toString)
        .containsExactly(REFUSED_TENANT);
    assertThat(firsts(ids())).hasSize(16).noneMatch(id -> id.startsWith(REFUSED_TENANT));

    allowTenant();
    assertThat(head.settle(List.copyOf(head.fallen().values()))).isEmpty();
    assertThat(firsts(ids())).hasSize(24);
    if (!notPromised().contains(Promise.KEY_ORDER)) {
      assertKeysInOrder(REFUSED_TENANT, 4, 2);
    }
  }

  @Test
  void saysOutageWhileTheDestinationIsDownAndGoesOnWhenItIsBack() throws Exception {
    assumePromised(Promise.OUTAGE);
    Sink sink = open();
    settle(sink, batch(0, keyed("a", 0, 5, 2)));

    takeDown();
    var head = new PlainHead(KEY, sink);
    Batch next = batch(10, keyed("a", 5, 5, 2), Events.numbered("b", "f", 10));
    for (int i = 0; i < 2; i++) {
      assertThat(head.settle(next)).hasValueSatisfying(PlainSinkContract::assertOutage);
    }
    assertThat(head.dead()).as("nothing counts against an event").isEmpty();
    bringBack();

    settleSoon(sink, next);
    assertThat(firsts(ids())).hasSize(30);
    if (!notPromised().contains(Promise.KEY_ORDER)) {
      assertKeysInOrder("a", 10, 2);
    }
  }

  @Test
  void isMadeWhileTheDestinationIsDown() throws Exception {
    assumePromised(Promise.OUTAGE);
    takeDown();
    Sink sink = open();
    Batch batch = batch(0, Events.numbered("a", "e", 3));

    assertThat(new PlainHead(KEY, sink).settle(batch))
        .hasValueSatisfying(PlainSinkContract::assertOutage);
    bringBack();

    settleSoon(sink, batch);
    assertThat(firsts(ids())).hasSize(3);
  }

  @Test
  void losesNothingWhenTheDestinationGoesDownInTheMiddleOfAWrite() throws Exception {
    assumePromised(Promise.OUTAGE);
    Sink sink = open();
    Batch batch = batch(0, keyed("a", 0, 2_000, 4));
    var outcome = new AtomicReference<Object>();
    Thread writer = writing(sink, batch, outcome);

    takeDown();
    writer.join();
    assertThat(outcome.get()).isInstanceOfAny(Delivered.class, Unavailable.class, Mixed.class);
    bringBack();

    settleSoon(sink, batch);
    assertThat(firsts(ids())).hasSize(8_000);
    if (!notPromised().contains(Promise.KEY_ORDER)) {
      assertKeysInOrder("a", 2_000, 4);
    }
  }

  @Test
  void returnsFromASlowDestinationWhenInterruptedAndLosesNothing() throws Exception {
    assumePromised(Promise.SLOW);
    Sink sink = open();
    settle(sink, batch(0, Events.numbered("first", "e", 1)));
    Batch batch = batch(1, keyed("a", 0, 10, 2));
    stall();
    var outcome = new AtomicReference<Object>();
    Thread writer = writing(sink, batch, outcome);

    writer.interrupt();
    writer.join();
    assertThat(outcome.get()).isInstanceOfAny(InterruptedException.class, Unavailable.class);
    resume();

    settleSoon(sink, batch);
    assertThat(firsts(ids())).hasSize(21);
    if (!notPromised().contains(Promise.KEY_ORDER)) {
      assertKeysInOrder("a", 10, 2);
    }
  }

  @Test
  void endsAWriteThatIsClosedAndLosesNothing() throws Exception {
    Sink sink = open();
    Batch batch = batch(0, keyed("a", 0, 1_000, 4));
    var outcome = new AtomicReference<Object>();
    Thread writer = writing(sink, batch, outcome);

    close(sink);
    writer.join();

    assertThat(outcome.get()).isInstanceOfAny(Delivered.class, Unavailable.class);
    if (outcome.get() instanceof Delivered) {
      assertThat(firsts(ids())).hasSize(4_000);
    }
    settle(open(), batch);
    assertThat(firsts(ids())).hasSize(4_000);
  }

  @Test
  void losesNothingThroughRepeatsAndReopens() {
    Seeds.each(
        2,
        (seed, random) -> {
          String tenant = "t" + seed;
          Sink sink = open();
          // Far apart: an offset of a log never stands for two events.
          long start = seed * 1_000_000;
          int done = 0;
          while (done < 60) {
            int count = 1 + random.nextInt(10);
            Batch batch = batch(start + 3L * done, keyed(tenant, done, count, 3));
            settle(sink, batch);
            switch (random.nextInt(4)) {
              case 0 -> settle(sink, batch);
              case 1 -> {
                close(sink);
                sink = open();
              }
              default -> done += count;
            }
          }
          close(sink);
          assertThat(firsts(idsOf(tenant))).hasSize(3 * done);
          if (!notPromised().contains(Promise.KEY_ORDER)) {
            assertKeysInOrder(tenant, done, 3);
          }
        });
  }

  private static void assertOutage(Unavailable unavailable) {
    assertThat(unavailable.cause()).isEqualTo(Cause.OUTAGE);
    assertThat(unavailable.reason()).isNotBlank();
  }

  /// Writes until the destination takes it: clients notice that it is back in their own time.
  private static void settleSoon(Sink sink, Batch batch) throws InterruptedException {
    var head = new PlainHead(KEY, sink);
    int tries = 0;
    while (head.settle(batch).isPresent()) {
      assertThat(++tries).as("tries after the destination is back").isLessThan(1_000);
    }
    assertThat(head.dead()).as("nothing counts against an event").isEmpty();
    assertThat(head.fallen()).isEmpty();
  }

  private static Thread writing(Sink sink, Batch batch, AtomicReference<Object> outcome)
      throws InterruptedException {
    var begun = new CountDownLatch(1);
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              begun.countDown();
              try {
                outcome.set(sink.write(batch));
              } catch (InterruptedException | RuntimeException e) {
                outcome.set(e);
              }
            });
    begun.await();
    return writer;
  }

  /// `count` events for each of `keys` partition keys, from number `from` on, key after key. Their
  /// ids are `tenant/key/number`.
  protected static Events.Frame keyed(String tenant, int from, int count, int keys) {
    Events events = Events.of(tenant);
    for (int i = from; i < from + count; i++) {
      for (int k = 0; k < keys; k++) {
        byte[] key = ("key-" + k).getBytes(StandardCharsets.UTF_8);
        events.add(
            tenant + "/" + k + "/" + i,
            "keyed",
            "{\"n\":" + i + "}",
            0,
            draft -> draft.partitionKey(key, 0, key.length));
      }
    }
    return events.frame();
  }

  /// For each key, the first arrivals of its events are in the order of their numbers.
  private void assertKeysInOrder(String tenant, int count, int keys) throws Exception {
    Map<String, List<String>> byKey = new LinkedHashMap<>();
    for (String id : firsts(idsOf(tenant))) {
      byKey.computeIfAbsent(id.split("/", -1)[1], key -> new ArrayList<>()).add(id);
    }
    assertThat(byKey).hasSize(keys);
    byKey.forEach((key, arrived) ->
        assertThat(arrived)
            .containsExactlyElementsOf(
                IntStream.range(0, count).mapToObj(i -> tenant + "/" + key + "/" + i).toList()));
  }

  private List<String> ids() throws Exception {
    return arrived().stream().map(Arrival::eventId).toList();
  }

  private List<String> idsOf(String tenant) throws Exception {
    return arrived().stream()
        .filter(arrival -> arrival.tenant().equals(tenant))
        .map(Arrival::eventId)
        .toList();
  }

  /// The ids in the order of their first arrival.
  private static List<String> firsts(List<String> ids) {
    return ids.stream().distinct().toList();
  }

  private static List<String> numbered(String prefix, int writes, int count) {
    return IntStream.range(0, writes * count)
        .mapToObj(i -> prefix + i / count + "-" + i % count)
        .toList();
  }
}
