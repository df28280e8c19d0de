package io.pulsegate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKeepingSink.Claim.Owned;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Replayable;
import io.pulsegate.api.Replayable.Present;
import io.pulsegate.api.Sink;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Fenced;
import io.pulsegate.api.WriteResult.Unavailable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every sink that keeps its cursor must do ([PlainSinkContract] is for the others). A sink
/// joins by extending it with a few lines: how to open it, how to read back what is stored, and
/// what it does not promise.
public abstract class SinkContract {
  /// At which a write is interrupted, and closed.
  private static final int MOMENTS = 6;

  private static final byte[] TRACE =
      "4bf92f3577b34da6a3ce929d0e0e4736".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "key-ä".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ABSURD_TIME = "soon".getBytes(StandardCharsets.UTF_8);

  /// The cursor most tests move.
  protected static final CursorKey KEY = new CursorKey("log-1", "contract", 0);

  /// The tenant that [#refuseTenant] is about.
  protected static final String REFUSED_TENANT = "refused";

  private final List<CursorKeepingSink> opened = new ArrayList<>();

  /// A new sink on the destination of this test, which is empty at the first call.
  protected abstract CursorKeepingSink newSink();

  /// All that is stored, ordered by offset.
  protected abstract List<StoredEvent> stored() throws Exception;

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

  /// Adds an event that the destination refuses for what is in it; [Promise#REJECTIONS]. Called
  /// when the sink has claimed its cursor.
  protected void addPoison(Events events, String id) throws Exception {
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

  /// Has the destination take a write and not come to an end with it; [Promise#SLOW].
  protected void stall() throws Exception {
    throw new UnsupportedOperationException("declare SLOW as not promised");
  }

  /// Undoes [#stall].
  protected void resume() throws Exception {
    throw new UnsupportedOperationException("declare SLOW as not promised");
  }

  private void assumePromised(Promise promise) {
    assumeFalse(notPromised().contains(promise), "does not promise " + promise);
  }

  /// Opens a sink that is closed when the test ends.
  protected final CursorKeepingSink open() {
    CursorKeepingSink sink = newSink();
    opened.add(sink);
    return sink;
  }

  /// Closes a sink opened by [#open].
  protected final void close(CursorKeepingSink sink) {
    opened.remove(sink);
    sink.close();
  }

  /// Claims [#KEY], which must succeed.
  protected static CursorRecord claim(CursorKeepingSink sink) throws InterruptedException {
    return claim(sink, KEY);
  }

  private static CursorRecord claim(CursorKeepingSink sink, CursorKey key)
      throws InterruptedException {
    CursorKeepingSink.Claim claim = sink.claim(key, CursorRecord.startingAt(0));
    assertThat(claim).isInstanceOf(Owned.class);
    return ((Owned) claim).record();
  }

  /// Writes a batch that must be delivered.
  protected static CursorRecord deliver(CursorKeepingSink sink, Batch batch)
      throws InterruptedException {
    assertThat(sink.write(batch)).isEqualTo(new Delivered());
    return batch.cursor().to();
  }

  @AfterEach
  final void closeAll() {
    opened.forEach(CursorKeepingSink::close);
    opened.clear();
  }

  @Test
  void storesTheInitialRecordWithFenceOne() throws Exception {
    var claim = open().claim(KEY, CursorRecord.startingAt(7));

    assertThat(claim).isEqualTo(new Owned(CursorRecord.startingAt(7).withFence(1)));
  }

  @Test
  void raisesTheFenceByOneAtEachClaimAndKeepsTheRest() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord first = claim(sink);
    CursorRecord moved = deliver(sink, Batches.of(KEY, first, Events.numbered("a", "e", 3)));

    assertThat(claim(sink)).isEqualTo(moved.withFence(2));
    assertThat(claim(sink)).isEqualTo(moved.withFence(3));
  }

  @Test
  void findsItsOwnCursorAgainWithoutTakingItAnew() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord first = claim(sink);
    CursorRecord moved = deliver(sink, Batches.of(KEY, first, Events.numbered("a", "e", 3)));

    assertThat(sink.claim(KEY, CursorRecord.startingAt(0), OptionalLong.of(moved.fence())))
        .isEqualTo(new Owned(moved));
    deliver(sink, Batches.of(KEY, moved, Events.numbered("a", "f", 3)));
  }

  @Test
  void refusesTheCursorToAnOwnerThatWasFencedOff() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord old = claim(sink);
    CursorRecord now = claim(sink);

    assertThat(sink.claim(KEY, CursorRecord.startingAt(0), OptionalLong.of(old.fence())))
        .isInstanceOf(CursorKeepingSink.Claim.Fenced.class);

    deliver(sink, Batches.of(KEY, now, Events.numbered("a", "e", 3)));
  }

  @Test
  void raisesTheFenceOfADestinationThatWasRestored() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord stored = claim(sink);

    assertThat(sink.claim(KEY, CursorRecord.startingAt(0), OptionalLong.of(stored.fence() + 5)))
        .isEqualTo(new Owned(stored.withFence(stored.fence() + 1)));
  }

  @Test
  void leavesNothingBehindWhenABugStrikesInTheMiddleOfAWrite() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord mine = claim(sink);

    assertThat(catchThrowable(() -> sink.write(Batches.broken(KEY, mine)))).isNotNull();

    assertThat(sink.claim(KEY, CursorRecord.startingAt(0), OptionalLong.of(mine.fence())))
        .isEqualTo(new Owned(mine));
    assertThat(stored()).isEmpty();
    deliver(sink, Batches.of(KEY, mine, Events.numbered("a", "e", 5)));
    assertStoredBelow(5);
  }

  @Test
  void keepsStragglersInTheRecord() throws Exception {
    CursorKeepingSink sink = open();
    var lane = new LaneKey(new TenantId("slow.tenant"), 3);
    var initial = new CursorRecord(0, 50, 20, 2, 1, List.of(new CursorRecord.Straggler(lane, 23)));

    assertThat(sink.claim(KEY, initial)).isEqualTo(new Owned(initial.withFence(1)));
    assertThat(claim(sink)).isEqualTo(initial.withFence(2));
  }

  @Test
  void storesEveryFieldOfAnEvent() throws Exception {
    CursorKeepingSink sink = open();
    Events events =
        Events.of("tenant.one")
            .add("plain", "page_view", "{\"a\":[1,2.50,\"ü\"]}")
            .add(
                "full",
                "buy",
                "{\"b\":{}}",
                0,
                draft -> {
                  draft.traceId(TRACE, 0, TRACE.length);
                  draft.idempotencyKey(OTHER, 0, OTHER.length);
                  draft.partitionKey(OTHER, 0, 3);
                  draft.timeText(ABSURD_TIME, 0, ABSURD_TIME.length);
                });

    deliver(sink, Batches.of(KEY, claim(sink), events.frame()));

    List<StoredEvent> rows = stored();
    assertThat(rows).extracting(StoredEvent::eventId).containsExactly("plain", "full");
    assertThat(rows).extracting(StoredEvent::offset).containsExactly(0L, 1L);
    assertThat(rows).extracting(StoredEvent::type).containsExactly("page_view", "buy");
    assertThat(rows)
        .extracting(StoredEvent::compactPayload)
        .containsExactly("{\"a\":[1,2.50,\"ü\"]}", "{\"b\":{}}");
    assertThat(rows)
        .allSatisfy(row -> {
          assertThat(row.tenant()).isEqualTo("tenant.one");
          assertThat(row.receivedAt()).isEqualTo(Events.RECEIVED);
          assertThat(row.occurredAt()).isEqualTo(Events.RECEIVED);
          assertThat(row.source()).isEqualTo("http");
          assertThat(row.dialect()).isEqualTo("native");
          assertThat(row.payloadRaw()).isEmpty();
        });
    assertThat(rows.getFirst().traceId()).isEmpty();
    assertThat(rows.getFirst().idempotencyKey()).isEmpty();
    assertThat(rows.getFirst().originalTime()).isEmpty();
    assertThat(rows.getLast().traceId()).hasValue("4bf92f3577b34da6a3ce929d0e0e4736");
    assertThat(rows.getLast().idempotencyKey()).hasValue("key-ä");
    assertThat(rows.getLast().partitionKey()).hasValue("key");
    assertThat(rows.getLast().originalTime()).hasValue("soon");
  }

  @Test
  void storesTheEventsOfSeveralTenantsEachInItsOrder() throws Exception {
    CursorKeepingSink sink = open();
    Batch batch =
        Batches.of(
            KEY,
            claim(sink),
            Events.numbered("a", "a1", 3),
            Events.numbered("b", "b1", 2),
            Events.numbered("a", "a2", 2));

    deliver(sink, batch);

    assertThat(stored())
        .extracting(StoredEvent::tenant)
        .containsExactly("a", "a", "a", "b", "b", "a", "a");
    assertThat(stored())
        .extracting(StoredEvent::eventId)
        .containsExactly("a1-0", "a1-1", "a1-2", "b1-0", "b1-1", "a2-0", "a2-1");
    assertStoredBelow(7);
  }

  @Test
  void leavesOutDuplicatesAndWhatIsDeadLetteredAlready() throws Exception {
    CursorKeepingSink sink = open();
    Events.Frame frame = Events.numbered("a", "e", 5);
    frame.block().markDuplicate(1);

    deliver(sink, Batches.without(KEY, claim(sink), Set.of(3L), frame));

    assertThat(stored()).extracting(StoredEvent::offset).containsExactly(0L, 2L, 4L);
  }

  @Test
  void refusesTheSameBatchASecondTime() throws Exception {
    CursorKeepingSink sink = open();
    Batch batch = Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10));
    CursorRecord moved = deliver(sink, batch);

    assertThat(sink.write(batch)).isInstanceOf(Fenced.class);

    assertStoredBelow(10);
    assertThat(claim(sink)).isEqualTo(moved.withFence(2));
  }

  @Test
  void commitsNothingFromAnOldOwner() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord old = claim(sink);
    CursorRecord now = claim(sink);

    assertThat(sink.write(Batches.of(KEY, old, Events.numbered("a", "old", 5))))
        .isInstanceOf(Fenced.class);

    assertThat(stored()).isEmpty();
    deliver(sink, Batches.of(KEY, now, Events.numbered("a", "new", 5)));
    assertStoredBelow(5);
  }

  @Test
  void fencesOffAnotherOpenOwner() throws Exception {
    assumePromised(Promise.TWO_OWNERS);
    CursorKeepingSink first = open();
    CursorKeepingSink second = open();
    CursorRecord old = claim(first);
    CursorRecord mine = claim(second);

    assertThat(first.write(Batches.of(KEY, old, Events.numbered("a", "old", 5))))
        .isInstanceOf(Fenced.class);
    deliver(second, Batches.of(KEY, mine, Events.numbered("a", "new", 5)));

    assertStoredBelow(5);
    assertThat(stored()).extracting(StoredEvent::eventId).allMatch(id -> id.startsWith("new"));
  }

  @Test
  void commitsNothingWhereTheHeadIsAnother() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord mine = claim(sink);
    var ahead = new CursorRecord(mine.fence(), 4, 4, 0, 0, List.of());

    assertThat(sink.write(Batches.of(KEY, ahead, Events.numbered("a", "e", 5))))
        .isInstanceOf(Fenced.class);

    assertThat(stored()).isEmpty();
    assertThat(claim(sink).head()).isZero();
  }

  @Test
  void commitsNothingForACursorNobodyClaimed() throws Exception {
    CursorKeepingSink sink = open();
    CursorRecord unclaimed = CursorRecord.startingAt(0).withFence(1);

    assertThat(sink.write(Batches.of(KEY, unclaimed, Events.numbered("a", "e", 5))))
        .isInstanceOf(Fenced.class);

    assertThat(stored()).isEmpty();
  }

  @Test
  void movesTheCursorWithoutEvents() throws Exception {
    CursorKeepingSink sink = open();

    CursorRecord moved = deliver(sink, Batches.empty(KEY, claim(sink), 12));

    assertThat(stored()).isEmpty();
    assertThat(claim(sink)).isEqualTo(moved.withFence(2));
  }

  @Test
  void keepsTheCursorsOfOtherLogsSinksAndPartitionsApart() throws Exception {
    CursorKeepingSink sink = open();
    List<CursorKey> keys =
        List.of(
            KEY,
            new CursorKey("log-2", "contract", 0),
            new CursorKey("log-1", "other", 0),
            new CursorKey("log-1", "contract", 1));
    for (CursorKey key : keys) {
      deliver(sink, Batches.empty(key, claim(sink, key), 10 + keys.indexOf(key)));
    }

    for (CursorKey key : keys) {
      assertThat(claim(sink, key).head()).isEqualTo(10 + keys.indexOf(key));
    }
  }

  @Test
  void storesWhatItCannotQueryRepairedAndTheBytesAsSent() throws Exception {
    CursorKeepingSink sink = open();
    String nul = "{\"v\":\"a\\u0000b\"}";
    String lone = "{\"v\":\"\\ud800\",\"\\udc00\":1}";
    String number = "{\"v\":1e999999}";
    Events events =
        Events.of("a")
            .add("good-1", "t", "{\"v\":1}")
            .add("nul", "t", nul, EventFlag.HAS_NUL, draft -> {})
            .add("lone", "t", lone, EventFlag.LONE_SURROGATE, draft -> {})
            .add("number", "t", number, EventFlag.BIG_NUMBER, draft -> {})
            .add("good-2", "t", "{\"v\":\"\\ud83d\\ude00\"}");

    deliver(sink, Batches.of(KEY, claim(sink), events.frame()));

    List<StoredEvent> rows = stored();
    assertThat(rows)
        .extracting(StoredEvent::eventId)
        .containsExactly("good-1", "nul", "lone", "number", "good-2");
    assertThat(rows.stream().map(row -> row.payloadRaw().orElse("-")))
        .containsExactly("-", nul, lone, number, "-");
    assertThat(rows.get(3).compactPayload()).isEqualTo("{\"v\":\"1e999999\"}");
  }

  @Test
  void storesALargeBatchWithLargeEvents() throws Exception {
    CursorKeepingSink sink = open();
    String large = "{\"v\":\"" + "ü".repeat((1 << 19) - 16) + "\"}";
    Events.Frame giant = Events.of("giant").add("g-0", "t", large).add("g-1", "t", large).frame();

    CursorRecord moved =
        deliver(
            sink,
            Batches.of(
                KEY,
                claim(sink),
                Events.numbered("a", "x", 10_000),
                giant,
                Events.numbered("a", "y", 10_000)));

    assertStoredBelow(20_002);
    assertThat(stored().get(10_000).compactPayload()).isEqualTo(large);
    assertThat(claim(sink)).isEqualTo(moved.withFence(2));
  }

  @Test
  void goesOnWhereItStoodWhenOpenedAgain() throws Exception {
    CursorKeepingSink first = open();
    CursorRecord moved =
        deliver(first, Batches.of(KEY, claim(first), Events.numbered("a", "e", 20)));
    close(first);

    CursorKeepingSink second = open();
    CursorRecord again = claim(second);
    assertThat(again).isEqualTo(moved.withFence(2));
    deliver(second, Batches.of(KEY, again, Events.numbered("a", "f", 20)));

    assertStoredBelow(40);
  }

  @Test
  void saysUnavailableWhileTheDestinationIsDownAndGoesOnWhenItIsBack() throws Exception {
    assumePromised(Promise.OUTAGE);
    CursorKeepingSink sink = open();
    CursorRecord moved = deliver(sink, Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10)));
    Batch next = Batches.of(KEY, moved, Events.numbered("a", "f", 10));

    takeDown();
    assertThat(sink.write(next))
        .isInstanceOfSatisfying(
            Unavailable.class,
            down -> assertThat(down.cause()).isEqualTo(WriteResult.Cause.OUTAGE));
    assertThat(sink.claim(KEY, CursorRecord.startingAt(0)))
        .isInstanceOf(CursorKeepingSink.Claim.Failed.class);
    bringBack();

    CursorRecord again = claim(sink);
    assertThat(again.head()).isEqualTo(10);
    deliver(sink, Batches.of(KEY, again, Events.numbered("a", "f", 10)));
    assertStoredBelow(20);
  }

  @Test
  void commitsNothingOfABatchWithABadEventAndTakesTheRestWithoutIt() throws Exception {
    assumePromised(Promise.REJECTIONS);
    CursorKeepingSink sink = open();
    CursorRecord mine = claim(sink);
    Events mixed = Events.of("a").add("e-0", "t", "{}").add("e-1", "t", "{}");
    addPoison(mixed, "bad");
    Events.Frame frame = mixed.add("e-2", "t", "{}").frame();
    Events.Frame others = Events.numbered("b", "f", 3);

    WriteResult result = sink.write(Batches.of(KEY, mine, frame, others));

    assertThat(result).isInstanceOfAny(WriteResult.Mixed.class, WriteResult.Refused.class);
    if (result instanceof WriteResult.Mixed(List<WriteResult.SliceResult> slices)) {
      assertThat(slices.getFirst().rejections()).extracting(Rejection::offset).containsExactly(2L);
      assertThat(slices.getLast().rejections()).isEmpty();
      assertThat(slices)
          .extracting(WriteResult.SliceResult::deliveredEnd)
          .as("a sink that keeps its cursor has committed nothing")
          .containsExactly(0L, 4L);
    }
    assertThat(stored()).isEmpty();
    deliver(sink, Batches.without(KEY, claim(sink), Set.of(2L), frame, others));
    assertThat(stored())
        .extracting(StoredEvent::eventId)
        .containsExactly("e-0", "e-1", "e-2", "f-0", "f-1", "f-2");
  }

  @Test
  void saysWhichTenantIsRefusedAndTakesTheOthersWithoutIt() throws Exception {
    assumePromised(Promise.TENANT_REFUSED);
    CursorKeepingSink sink = open();
    CursorRecord mine = claim(sink);
    Events.Frame refused = Events.numbered(REFUSED_TENANT, "r", 2);
    Events.Frame others = Events.numbered("b", "f", 3);
    refuseTenant();

    WriteResult result = sink.write(Batches.of(KEY, mine, refused, others));

    assertThat(result)
        .isInstanceOfSatisfying(
            WriteResult.Mixed.class,
            mixed -> {
              assertThat(mixed.slices().getFirst().unavailable()).isPresent();
              assertThat(mixed.slices().getFirst().rejections()).isEmpty();
              assertThat(mixed.slices().getLast().unavailable()).isEmpty();
            });
    assertThat(stored()).isEmpty();
    CursorRecord moved =
        deliver(sink, Batches.without(KEY, claim(sink), Set.of(0L, 1L), refused, others));
    assertThat(stored()).extracting(StoredEvent::eventId).containsExactly("f-0", "f-1", "f-2");
    allowTenant();
    deliver(sink, Batches.of(KEY, moved, Events.numbered(REFUSED_TENANT, "s", 1)));
    assertThat(stored()).hasSize(4);
  }

  @Test
  void returnsFromASlowDestinationWhenInterruptedAndWritesOnce() throws Exception {
    assumePromised(Promise.SLOW);
    CursorKeepingSink sink = open();
    CursorRecord moved = deliver(sink, Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10)));
    stall();
    AtomicReference<Object> outcome = new AtomicReference<>();
    Thread writer = writing(sink, Batches.of(KEY, moved, Events.numbered("a", "f", 10)), outcome);

    writer.interrupt();
    writer.join();
    assertThat(outcome.get()).isInstanceOfAny(InterruptedException.class, Unavailable.class);
    resume();

    CursorRecord again = claim(sink);
    assertThat(again.head()).isEqualTo(10);
    deliver(sink, Batches.of(KEY, again, Events.numbered("a", "f", 10)));
    assertStoredBelow(20);
  }

  @Test
  void leavesNothingHalfDoneWhenInterrupted() throws Exception {
    long wholeNanos = nanosOfAWholeWrite();
    for (int moment = 0; moment < MOMENTS; moment++) {
      CursorKeepingSink sink = open();
      CursorRecord mine = claim(sink, key(moment));
      Batch batch = manyEvents(moment, mine);
      Thread writer = writing(sink, batch, new AtomicReference<>());

      awaitMoment(moment, wholeNanos);
      writer.interrupt();
      writer.join();

      assertAllOrNothing(sink, moment, batch);
    }
  }

  @Test
  void leavesNothingHalfDoneWhenClosedWhileWriting() throws Exception {
    long wholeNanos = nanosOfAWholeWrite();
    for (int moment = 0; moment < MOMENTS; moment++) {
      CursorKeepingSink sink = open();
      CursorRecord mine = claim(sink, key(moment));
      Batch batch = manyEvents(moment, mine);
      AtomicReference<Object> outcome = new AtomicReference<>();
      Thread writer = writing(sink, batch, outcome);

      awaitMoment(moment, wholeNanos);
      close(sink);
      writer.join();

      assertThat(outcome.get()).isInstanceOfAny(Delivered.class, Unavailable.class);
      assertAllOrNothing(open(), moment, batch);
    }
  }

  private static Batch manyEvents(int number, CursorRecord from) {
    return Batches.of(key(number), from, Events.numbered("t" + number, "e" + number, 8_000));
  }

  /// Of a write as the ones that are disturbed.
  private long nanosOfAWholeWrite() throws InterruptedException {
    CursorKeepingSink sink = open();
    Batch batch = manyEvents(MOMENTS, claim(sink, key(MOMENTS)));
    long begun = System.nanoTime();
    CursorRecord _ = deliver(sink, batch);
    return System.nanoTime() - begun;
  }

  /// Waits for one of [#MOMENTS], spread evenly over the time of a whole write. Not drawn from a
  /// seed: nobody can stop a sink's threads at a chosen instruction, so none could bring a moment
  /// back, and the same few are tried each time.
  private static void awaitMoment(int moment, long wholeNanos) {
    long until = System.nanoTime() + wholeNanos * moment / MOMENTS;
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }

  @Test
  void deliversExactlyOnceThroughRepeatsTakeoversAndReopens() {
    Seeds.each(
        5,
        (seed, random) -> {
          CursorKeepingSink sink = open();
          CursorKey key = key(seed);
          CursorRecord mine = claim(sink, key);
          long head = 0;
          for (int step = 0; step < 25; step++) {
            int count = 1 + random.nextInt(20);
            String prefix = "s" + seed + "-" + step;
            Batch batch = Batches.of(key, mine, Events.numbered("t" + seed, prefix, count));
            switch (random.nextInt(5)) {
              case 0 -> {
                CursorRecord newer = claim(sink, key);
                assertThat(sink.write(batch)).isInstanceOf(Fenced.class);
                mine = newer;
              }
              case 1 -> {
                deliver(sink, batch);
                assertThat(sink.write(batch)).isInstanceOf(Fenced.class);
                mine = claim(sink, key);
                head += count;
              }
              case 2 -> {
                close(sink);
                sink = open();
                mine = claim(sink, key);
              }
              default -> {
                mine = deliver(sink, batch);
                head += count;
              }
            }
            assertThat(mine.head()).isEqualTo(head);
          }
          assertStoredOnce(seed, head);
        });
  }

  private static CursorKey key(long seed) {
    return new CursorKey("log-1", "seed-" + seed, 0);
  }

  private static Thread writing(
      CursorKeepingSink sink, Batch batch, AtomicReference<Object> outcome) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            outcome.set(sink.write(batch));
          } catch (InterruptedException | RuntimeException e) {
            outcome.set(e);
          }
        });
  }

  /// Asks the cursor what was committed and compares the rows; then the batch must go through once.
  private void assertAllOrNothing(CursorKeepingSink sink, long seed, Batch batch) throws Exception {
    CursorRecord again = claim(sink, batch.cursor().key());
    assertThat(again.head()).isIn(0L, (long) batch.events());
    assertStoredOnce(seed, again.head());
    if (again.head() == 0) {
      Events.Frame[] frames =
          batch.slices().stream()
              .map(slice ->
                  new Events.Frame(
                      slice.lane(),
                      slice.runs().getFirst().block(),
                      slice.runs().getFirst().receivedAtMicros()))
              .toArray(Events.Frame[]::new);
      deliver(sink, Batches.of(batch.cursor().key(), again, frames));
    }
    assertStoredOnce(seed, batch.events());
    close(sink);
  }

  private void assertStoredOnce(long seed, long head) throws Exception {
    assertThat(stored().stream().filter(row -> row.tenant().equals("t" + seed)))
        .extracting(StoredEvent::offset)
        .containsExactlyElementsOf(LongStream.range(0, head).boxed().toList());
  }

  /// Every offset below `head` is stored exactly once.
  protected final void assertStoredBelow(long head) throws Exception {
    assertThat(stored())
        .extracting(StoredEvent::offset)
        .containsExactlyElementsOf(LongStream.range(0, head).boxed().toList());
  }

  @Test
  void aReplayWritesOnceMoreWhatIsThere() throws Exception {
    assertThat(replayed(Present.AGAIN)).containsExactly("a:1", "a:2", "b:1", "c:2", "d:1");
  }

  @Test
  void aReplayThatSkipsLeavesWhatIsThere() throws Exception {
    assertThat(replayed(Present.SKIP)).containsExactly("a:1", "b:1", "c:2", "d:1");
  }

  @Test
  void aReplayThatOverwritesTakesThePlaceOfWhatIsThere() throws Exception {
    assertThat(replayed(Present.OVERWRITE)).containsExactly("a:2", "b:1", "c:2", "d:1");
  }

  /// Live `a` and `b` with version 1, replayed `a` and a new `c` with version 2, and live `d` after
  /// it.
  private List<String> replayed(Present present) throws Exception {
    CursorKeepingSink live = open();
    assumeTrue(
        live instanceof Replayable can && can.replays().contains(present),
        "takes no replay of the kind " + present);
    CursorRecord at =
        deliver(
            live,
            Batches.of(
                KEY,
                claim(live),
                Events.of("t").add("a", "x", "{\"v\":1}").add("b", "x", "{\"v\":1}").frame()));
    Sink sink = ((Replayable) live).replay("replay.1.contract", present);
    assertThat(sink).isInstanceOf(CursorKeepingSink.class);
    try (CursorKeepingSink replay = (CursorKeepingSink) sink) {
      CursorKey key = new CursorKey("log-1", "replay.1.contract", 0);
      Batch batch =
          Batches.of(
              key,
              claim(replay, key),
              Events.of("t").add("a", "x", "{\"v\":2}").add("c", "x", "{\"v\":2}").frame());
      CursorRecord after = deliver(replay, batch);
      assertThat(replay.claim(key, CursorRecord.startingAt(0)))
          .isEqualTo(new Owned(after.withFence(2)));
    }
    deliver(live, Batches.of(KEY, at, Events.of("t").add("d", "x", "{\"v\":1}").frame()));
    close(live);
    return stored().stream()
        .map(event -> event.eventId() + ":" + event.compactPayload().replaceAll("\\D", ""))
        .sorted()
        .toList();
  }
}
