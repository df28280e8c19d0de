package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.core.FakeDatabase.Fault;
import io.pulsegate.core.Rig.Sent;
import io.pulsegate.core.SinkStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private final FakeDatabase database = new FakeDatabase();

  private Rig rig() {
    return new Rig(Map.of("db", database.sink()));
  }

  private static LaneKey lane(int tenant) {
    return new LaneKey(new TenantId("t" + tenant), 1);
  }

  @Test
  void deliversInLogOrderAndMovesTheCursorWithTheRows() {
    try (Rig rig = rig()) {
      rig.send(1, "a", "b");
      rig.send(2, "c");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a", "b", "c");
      assertThat(database.cursor().head()).isEqualTo(rig.engine.log().end(0));
      assertThat(database.cursor().delivered()).isEqualTo(3);
      assertThat(rig.sink("db").state()).isEqualTo(State.RUNNING);
      assertThat(rig.sink("db").lagEvents()).isZero();
    }
  }

  @Test
  void writesNothingTwiceWhenTheAnswerOfACommitIsLost() {
    var once = new AtomicBoolean(true);
    database.faults(batch ->
        batch.events() > 0 && once.getAndSet(false)
            ? Optional.of(Fault.LOST_ANSWER)
            : Optional.empty());
    try (Rig rig = rig()) {
      rig.send(1, "a", "b");
      rig.awaitSettled("db");
      rig.send(1, "c");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a", "b", "c");
      assertThat(database.claims()).isEqualTo(2);
      assertThat(database.violations()).isEmpty();
      assertThat(rig.sink("db").delivered()).isEqualTo(3);
    }
  }

  @Test
  void anOutageCountsAgainstNoEvent() {
    var left = new AtomicInteger(10);
    database.faults(batch ->
        batch.events() > 0 && left.getAndDecrement() > 0
            ? Optional.of(Fault.OUTAGE)
            : Optional.empty());
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a");
      assertThat(rig.letters.all()).isEmpty();
      assertThat(rig.sink("db").lastError()).contains("connection lost");
    }
  }

  @Test
  void keepsRejectedEventsAsDeadLettersAndDeliversTheOthersWithTheSameEnd() {
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("b", "reject"), new Sent("c", "ok")));
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a", "c");
      assertThat(rig.letters.ids()).containsExactly("b");
      DeadLetter letter = rig.letters.all().getFirst();
      assertThat(letter.code()).isEqualTo("22000");
      assertThat(letter.lane()).isEqualTo(lane(1));
      assertThat(letter.event().payload()).isEqualTo("{\"id\":\"b\"}");
      assertThat(database.cursor().deadLettered()).isEqualTo(1);
      assertThat(database.cursor().delivered()).isEqualTo(2);
      List<Batch> writes = database.writes();
      assertThat(writes.getLast().cursor().to().head())
          .isEqualTo(writes.getFirst().cursor().to().head());
    }
  }

  @Test
  void theCursorStaysWhileDeadLettersCannotBeKeptAndOnlyThatTenantWaits() {
    try (Rig rig = rig()) {
      rig.letters.broken(true);
      rig.send(1, List.of(new Sent("bad", "reject"), new Sent("behind", "ok")));
      rig.send(2, "other");
      Await.until(() -> rig.letters.refused() > 2, () -> "refused " + rig.letters.refused());
      Await.until(() -> database.ids().contains("other"), () -> "rows " + database.ids());
      assertThat(database.ids()).containsExactly("other");
      assertThat(database.cursor().stragglers())
          .extracting(CursorRecord.Straggler::lane)
          .containsExactly(lane(1));
      assertThat(database.cursor().deadLettered()).isZero();
      rig.letters.broken(false);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("other", "behind");
      assertThat(rig.letters.ids()).containsExactly("bad");
      assertThat(database.cursor().deadLettered()).isEqualTo(1);
    }
  }

  @Test
  void aTenantThatIsDownFallsBehindAloneAndRejoinsInOneCommit() {
    database.downFor(slice -> slice.tenant().value().equals("t1"));
    try (Rig rig = rig()) {
      rig.send(1, "a1");
      rig.send(2, "b1");
      rig.send(1, "a2");
      rig.send(3, "c1");
      Await.until(() -> database.ids().size() == 2, () -> "rows " + database.ids());
      assertThat(database.ids()).containsExactly("b1", "c1");
      Await.until(
          () -> rig.sink("db").stragglers().stream().anyMatch(s -> !s.reason().isEmpty()),
          () -> rig.sink("db").toString());
      assertThat(rig.sink("db").lagEvents()).isEqualTo(2);
      database.downFor(slice -> false);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("b1", "c1", "a1", "a2");
      assertThat(database.cursor().stragglers()).isEmpty();
      assertThat(rig.sink("db").lagEvents()).isZero();
    }
  }

  @Test
  void findsTheBadEventOfABatchThatIsRefusedWhole() {
    try (Rig rig = rig()) {
      database.down(true);
      rig.send(1, Rig.many("a", 20, "ok"));
      rig.send(2, Rig.many("b", 20, "ok"));
      rig.send(3, Rig.many("c", 13, "ok"));
      rig.send(3, List.of(new Sent("bad", "refuse")));
      rig.send(3, Rig.many("d", 20, "ok"));
      rig.send(4, Rig.many("e", 5, "ok"));
      database.down(false);
      rig.awaitSettled("db");
      assertThat(rig.letters.ids()).containsExactly("bad");
      assertThat(rig.letters.all().getFirst().attempts()).isEqualTo(3);
      assertThat(database.ids()).hasSize(78).doesNotHaveDuplicates();
      assertThat(database.violations()).isEmpty();
      assertThat(database.cursor().deadLettered()).isEqualTo(1);
      long alone =
          database.writes().stream()
              .filter(write -> write.events() == 1 && holds(write, "bad"))
              .count();
      assertThat(alone).isEqualTo(3);
    }
  }

  @Test
  void aGoodEventBeforeABadOneIsNeverTakenForIt() {
    try (Rig rig = rig()) {
      database.down(true);
      rig.send(1, "good");
      rig.send(1, List.of(new Sent("bad", "refuse")));
      rig.send(1, Rig.many("a", 60, "ok"));
      rig.send(1, List.of(new Sent("worse", "refuse")));
      database.down(false);
      rig.awaitSettled("db");
      assertThat(rig.letters.ids()).containsExactly("bad", "worse");
      assertThat(database.ids()).hasSize(61).startsWith("good", "a0").endsWith("a59");
    }
  }

  private static boolean holds(Batch batch, String id) {
    for (var event = batch.cursorOverEvents(); event.next(); ) {
      if (event.block().id(event.index()).equals(id)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void stopsForGoodWhenAnotherOwnerTakesTheCursor() {
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.awaitSettled("db");
      CursorRecord now = database.cursor();
      database.cursor(new CursorKey(rig.engine.log().id(), "db", 0), now.withFence(99));
      rig.send(1, "b");
      Await.until(() -> rig.sink("db").state() == State.FENCED, () -> rig.sink("db").toString());
      assertThat(database.ids()).containsExactly("a");
      assertThat(rig.sink("db").reason()).contains("another process");
    }
  }

  @Test
  void aCursorBeyondTheLogPausesAndNeverMeansDelivered() {
    Rig first = rig();
    first.send(1, "a");
    first.awaitSettled("db");
    String logId = first.engine.log().id();
    long end = first.engine.log().end(0);
    first.close();
    CursorRecord later = database.cursor();
    var ahead = new CursorRecord(later.fence(), end + 3, later.delivered() + 3, 0, 0, List.of());
    database.cursor(new CursorKey(logId, "db", 0), ahead);
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 1 << 20, 2)) {
      Await.until(
          () -> rig.sink("db").state() == State.AHEAD_OF_LOG, () -> rig.sink("db").toString());
      rig.send(1, Rig.many("x", 10, "ok"));
      int claims = database.claims();
      Await.until(() -> database.claims() > claims + 2, () -> "claims " + database.claims());
      assertThat(rig.sink("db").state()).isEqualTo(State.AHEAD_OF_LOG);
      assertThat(rig.sink("db").reason()).contains("older copy").contains("set head to " + end);
      assertThat(database.ids()).containsExactly("a");
    }
    // The log has grown past the foreign cursor since; that makes it no more honest.
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 1 << 20, 3)) {
      Await.until(
          () -> rig.sink("db").state() == State.AHEAD_OF_LOG, () -> rig.sink("db").toString());
      CursorRecord stored = database.cursor();
      database.cursor(
          new CursorKey(logId, "db", 0), new CursorRecord(stored.fence(), end, 1, 0, 0, List.of()));
      rig.awaitSettled("db");
      assertThat(database.ids()).hasSize(11).doesNotHaveDuplicates();
    }
  }

  @Test
  void deliversWhatWasAcceptedWhileASinkThatWasNeverSeenBeforeWasDown() {
    database.down(true);
    Rig first = rig();
    first.send(1, "a");
    first.close();
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 1 << 20, 2)) {
      rig.send(1, "b");
      Await.until(
          () -> rig.sink("db").state() == State.BACKING_OFF, () -> rig.sink("db").toString());
      assertThat(rig.sink("db").lagEvents()).isEqualTo(2);
      database.down(false);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a", "b");
    }
  }

  @Test
  void aTenantThatFloodsFallsOutSoThatOthersNeedNotWaitBehindIt() {
    var gate = new CountDownLatch(1);
    database.gate(gate);
    try (Rig rig = rig()) {
      for (int i = 0; i < 20; i++) {
        rig.send(1, Rig.many("flood" + i + "-", 50, "ok"));
      }
      rig.send(2, "b");
      gate.countDown();
      rig.awaitSettled("db");
      assertThat(database.ids()).hasSize(1001).doesNotHaveDuplicates();
      assertThat(database.violations()).isEmpty();
      assertThat(database.writes())
          .anySatisfy(batch ->
              assertThat(batch.cursor().to().stragglers())
                  .extracting(CursorRecord.Straggler::lane)
                  .containsExactly(lane(1)));
    }
  }

  @Test
  void aTenantThatIsAloneNeverFallsOut() {
    var gate = new CountDownLatch(1);
    database.gate(gate);
    try (Rig rig = rig()) {
      for (int i = 0; i < 20; i++) {
        rig.send(1, Rig.many("flood" + i + "-", 50, "ok"));
      }
      gate.countDown();
      rig.awaitSettled("db");
      assertThat(database.writes())
          .allSatisfy(batch -> assertThat(batch.cursor().to().stragglers()).isEmpty());
    }
  }

  @Test
  void aTenantThatHaltsOnPoisonWaitsBehindTheBadEventWithoutADeadLetter() {
    var halts = new AtomicBoolean(true);
    var rules =
        new LaneRules() {
          @Override
          public Optional<Transform> wayOf(LaneKey lane, String sink) {
            return Optional.empty();
          }

          @Override
          public boolean haltsOnPoison(LaneKey lane, String sink) {
            return halts.get() && lane.equals(lane(1));
          }
        };
    try (Rig rig = new Rig(Map.of("db", database.sink()), rules)) {
      rig.send(1, List.of(new Sent("a1", "ok"), new Sent("bad", "reject"), new Sent("a2", "ok")));
      rig.send(3, List.of(new Sent("c1", "ok"), new Sent("worse", "refuse")));
      rig.send(2, "b1");
      Await.until(
          () -> database.ids().containsAll(List.of("a1", "b1", "c1")),
          () -> database.ids() + " " + rig.sink("db"));
      Await.until(
          () ->
              rig.sink("db").stragglers().stream()
                  .anyMatch(each -> each.reason().contains("halted at offset 1")),
          () -> rig.sink("db").toString());
      Await.until(() -> rig.letters.ids().equals(List.of("worse")), () -> "" + rig.letters.ids());
      assertThat(database.ids()).doesNotContain("a2");
      halts.set(false);
      rig.awaitSettled("db");
      assertThat(database.ids()).contains("a2");
      assertThat(rig.letters.ids()).containsExactlyInAnyOrder("worse", "bad");
      assertThat(database.violations()).isEmpty();
    }
  }

  @Test
  void aHaltedTenantGoesOnWithoutTheEventThatAPersonSkipsAndHaltsAtTheNext() {
    var rules =
        new LaneRules() {
          @Override
          public Optional<Transform> wayOf(LaneKey lane, String sink) {
            return Optional.empty();
          }

          @Override
          public boolean haltsOnPoison(LaneKey lane, String sink) {
            return true;
          }
        };
    try (Rig rig = new Rig(Map.of("db", database.sink()), rules)) {
      rig.send(
          1,
          List.of(
              new Sent("a1", "ok"),
              new Sent("bad", "reject"),
              new Sent("a2", "ok"),
              new Sent("worse", "reject"),
              new Sent("a3", "ok")));
      awaitHalt(rig, 1);
      assertThat(rig.engine.skip("db", lane(1), 3)).isFalse();
      assertThat(rig.engine.skip("db", lane(2), 1)).isFalse();
      assertThat(rig.letters.ids()).isEmpty();
      assertThat(rig.engine.skip("db", lane(1), 1)).isTrue();
      awaitHalt(rig, 3);
      assertThat(rig.letters.ids()).containsExactly("bad");
      assertThat(database.ids()).containsExactly("a1", "a2");
      assertThat(rig.engine.skip("db", lane(1), 3)).isTrue();
      rig.awaitSettled("db");
      assertThat(rig.letters.ids()).containsExactly("bad", "worse");
      assertThat(database.ids()).containsExactly("a1", "a2", "a3");
      assertThat(rig.sink("db").unaccounted()).isZero();
    }
  }

  private static void awaitHalt(Rig rig, long offset) {
    Await.until(
        () ->
            rig.sink("db").stragglers().stream()
                .anyMatch(each -> each.haltedAt().equals(OptionalLong.of(offset))),
        () -> rig.sink("db").toString());
  }

  @Test
  void whatWaitsForARemovedSinkIsKeptUntilItIsForgotten() {
    var gone = new FakePlainSink();
    Rig first = new Rig(Map.of("db", database.sink(), "gone", gone), Rig.FAST, 0);
    first.send(1, "a", "b");
    first.awaitSettled("db");
    first.awaitSettled("gone");
    first.close();
    String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
    Rig second = first.restarted(Map.of("db", database.sink()), 0, 2);
    for (int i = 0; i < 200; i++) {
      second.send(2, List.of(new Sent("b" + i, "ok", big, "")));
    }
    second.awaitSettled("db");
    assertThat(second.engine.orphans())
        .singleElement()
        .satisfies(orphan -> {
          assertThat(orphan.sink()).isEqualTo("gone");
          assertThat(orphan.waiting()).isEqualTo(200);
          assertThat(orphan.until()).isEqualTo(orphan.since().plus(Duration.ofDays(7)));
        });
    var since = second.engine.orphans().getFirst().since();
    second.close();
    try (Rig rig = second.restarted(Map.of("db", database.sink()), 0, 3)) {
      rig.awaitSettled("db");
      assertThat(rig.engine.orphans().getFirst().since()).isEqualTo(since);
      assertThat(rig.engine.log().start(0)).isLessThanOrEqualTo(2);
      assertThat(rig.engine.forgetOrphan("db")).isEmpty();
      assertThat(rig.engine.forgetOrphan("gone")).hasValue(200);
      assertThat(rig.engine.orphans()).isEmpty();
      Await.until(() -> rig.engine.log().start(0) > 2, () -> "nothing was trimmed");
    }
  }

  @Test
  void aSinkThatThrowsHoldsUpOnlyTheTenantItThrowsAt() {
    var mended = new AtomicBoolean();
    database.faults(batch ->
        !mended.get() && ids(batch).contains("bug") ? Optional.of(Fault.BUG) : Optional.empty());
    try (Rig rig = rig()) {
      rig.send(1, "a1", "bug", "a2");
      rig.send(2, "b1");
      rig.send(3, "c1");
      Await.until(
          () -> database.ids().containsAll(List.of("a1", "b1", "c1")),
          () -> database.ids() + " " + rig.sink("db"));
      rig.send(2, "b2");
      Await.until(() -> database.ids().contains("b2"), () -> rig.sink("db").toString());
      // Others fall out with it while the head finds out whom it throws at, and come back.
      Await.until(
          () -> {
            var stragglers = rig.sink("db").stragglers();
            return stragglers.size() == 1 && stragglers.getFirst().reason().contains("a bug");
          },
          () -> rig.sink("db").toString());
      mended.set(true);
      rig.awaitSettled("db");
      assertThat(database.ids()).contains("bug", "a2").doesNotHaveDuplicates();
      assertThat(database.violations()).isEmpty();
      assertThat(rig.letters.all()).isEmpty();
    }
  }

  @Test
  void aSinkThatAlwaysThrowsLosesNothingAndCostsTheOthersNothing() {
    var mended = new AtomicBoolean();
    database.faults(_ -> mended.get() ? Optional.empty() : Optional.of(Fault.BUG));
    var healthy = new FakeDatabase();
    try (Rig rig = new Rig(Map.of("db", database.sink(), "other", healthy.sink()))) {
      rig.send(1, "a");
      rig.awaitSettled("other");
      assertThat(healthy.ids()).containsExactly("a");
      Await.until(
          () -> rig.sink("db").lastError().orElse("").contains("a bug"),
          () -> rig.sink("db").toString());
      mended.set(true);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a");
    }
  }

  private static List<String> ids(Batch batch) {
    var ids = new ArrayList<String>();
    for (var event = batch.cursorOverEvents(); event.next(); ) {
      ids.add(event.block().id(event.index()));
    }
    return ids;
  }

  @Test
  void knowsHowOldTheOldestEventIsWhileTheSinkCannotBeAsked() {
    database.down(true);
    try (Rig rig = rig()) {
      rig.send(1, "a");
      Await.until(() -> rig.sink("db").lagSeconds() > 0, () -> rig.sink("db").toString());
      database.down(false);
      rig.awaitSettled("db");
      Await.until(() -> rig.sink("db").lagSeconds() == 0, () -> rig.sink("db").toString());
    }
  }

  @Test
  void knowsHowOldTheOldestEventIsWhileAWriteHangs() {
    var gate = new CountDownLatch(1);
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.awaitSettled("db");
      database.gate(gate);
      rig.send(1, "b");
      Await.until(() -> rig.sink("db").lagSeconds() > 0, () -> rig.sink("db").toString());
    } finally {
      gate.countDown();
    }
  }

  @Test
  void aBatchRefusedWholeIsSplitByTenantFirst() {
    database.down(true);
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.send(2, "b");
      rig.send(3, "c");
      rig.send(4, List.of(new Sent("bad", "refuse")));
      database.down(false);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("a", "b", "c");
      assertThat(rig.letters.ids()).containsExactly("bad");
      assertThat(
              database.writes().stream()
                  .flatMap(batch -> batch.cursor().to().stragglers().stream())
                  .map(Straggler::lane))
          .as("who fell out: the half of the tenants with the bad event in it")
          .contains(lane(4))
          .doesNotContain(lane(1), lane(2));
    }
  }

  @Test
  void aMendedBugIsForgotten() {
    var broken = new AtomicBoolean(true);
    database.faults(
        batch -> broken.get() && batch.events() > 0 ? Optional.of(Fault.BUG) : Optional.empty());
    try (Rig rig = rig()) {
      rig.send(1, "a");
      Await.until(() -> !rig.sink("db").stragglers().isEmpty(), () -> rig.sink("db").toString());
      broken.set(false);
      rig.awaitSettled("db");
      int before = database.writes().size();
      rig.send(1, "b");
      rig.send(2, "c");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("a", "b", "c");
      assertThat(database.writes().subList(before, database.writes().size()))
          .allMatch(batch -> batch.cursor().to().stragglers().isEmpty());
    }
  }

  @Test
  void doesNotTakeTheCursorBackAfterAnOutageInWhichAnotherTookIt() {
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.awaitSettled("db");
      var key = new CursorKey(rig.engine.log().id(), "db", 0);
      database.down(true);
      rig.send(1, "b");
      int claims = database.claims();
      Await.until(() -> database.claims() > claims, () -> rig.sink("db").toString());
      CursorRecord now = database.cursor();
      database.cursor(key, new CursorRecord(now.fence() + 1, now.head() + 1, 2, 0, 0, List.of()));
      database.down(false);
      Await.until(() -> rig.sink("db").state() == State.FENCED, () -> rig.sink("db").toString());
      assertThat(database.cursor().fence()).isEqualTo(now.fence() + 1);
      assertThat(database.ids()).containsExactly("a");
    }
  }

  @Test
  void aMisconfiguredSinkIsPausedAndLookedAtAgain() {
    var broken = new AtomicBoolean(true);
    database.faults(batch ->
        batch.events() > 0 && broken.get() ? Optional.of(Fault.MISCONFIGURED) : Optional.empty());
    try (Rig rig = rig()) {
      rig.send(1, "a");
      Await.until(() -> rig.sink("db").state() == State.PAUSED, () -> rig.sink("db").toString());
      broken.set(false);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a");
      assertThat(rig.letters.all()).isEmpty();
    }
  }

  @Test
  void interruptsAWriteAtItsLimitAndTriesAgain() {
    var gate = new CountDownLatch(1);
    database.gate(gate);
    var policy =
        new DeliveryPolicy(
            100,
            64 << 10,
            Duration.ofMillis(20),
            Duration.ofMillis(1),
            Duration.ofMillis(2),
            3,
            Duration.ofMillis(2));
    try (Rig rig = new Rig(Map.of("db", database.sink()), policy, 1 << 20)) {
      rig.send(1, "a");
      Await.until(
          () -> rig.sink("db").lastError().orElse("").contains("no answer within"),
          () -> rig.sink("db").toString());
      gate.countDown();
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a");
      assertThat(rig.send(1, "b").getClass().getSimpleName()).isEqualTo("Accepted");
    }
  }

  @Test
  void lingersUntilAWriteIsFullAndNotWhenItDrains() throws InterruptedException {
    var policy =
        new DeliveryPolicy(
            3,
            64 << 10,
            Duration.ofSeconds(20),
            Duration.ofNanos(200_000),
            Duration.ofMillis(2),
            3,
            Duration.ofMillis(2),
            DeliveryPolicy.TRANSFORM_TIMEOUT,
            Duration.ofHours(1),
            DeliveryPolicy.ANY_WRITES);
    try (Rig rig = new Rig(Map.of("db", database.sink()), policy, 1 << 20)) {
      rig.send(1, "a");
      rig.send(2, "b");
      rig.send(1, "c");
      rig.awaitSettled("db");
      assertThat(database.writes().stream().map(Batch::events).filter(events -> events > 0))
          .containsExactly(3);

      rig.send(1, "d");
      rig.engine.stopAccepting();
      assertThat(rig.engine.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(database.ids()).contains("d");
    }
  }

  @Test
  void lingersNoLongerThanItMay() {
    try (Rig rig =
        new Rig(
            Map.of("db", database.sink()), Rig.FAST.withLinger(Duration.ofMillis(5)), 1 << 20)) {
      rig.send(1, "a");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a");
    }
  }

  @Test
  void drainsWhatWasAcceptedAndRefusesWhatComesAfter() throws InterruptedException {
    try (Rig rig = rig()) {
      rig.awaitSettled("db");
      var outcomes =
          Rig.many("a", 50, "ok").stream().map(event -> rig.sendLater(1, List.of(event))).toList();
      rig.engine.stopAccepting();
      assertThat(rig.engine.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(outcomes).allMatch(outcome -> outcome.isDone());
      assertThat(database.ids()).hasSize(50);
      assertThat(rig.send(1, "late").toString()).contains("STOPPING");
    }
  }

  @Test
  void drainingWaitsForATenantWhoseBadEventsAreBeingFound() throws InterruptedException {
    try (Rig rig = rig()) {
      for (int i = 0; i < 20; i++) {
        rig.send(1, List.of(new Sent("ok" + i, "ok"), new Sent("bad" + i, "refuse")));
      }
      rig.engine.stopAccepting();
      assertThat(rig.engine.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(database.ids()).hasSize(20);
      assertThat(rig.letters.ids()).hasSize(20);
    }
  }

  @Test
  void drainingWaitsForWhatIsStillOnItsWayIntoTheLog() throws InterruptedException {
    var syncing = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    try (Rig rig = rig()) {
      rig.send(1, "before");
      rig.awaitSettled("db");
      rig.logDisk.beforeForce(() -> {
        syncing.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      var outcome = rig.sendLater(1, List.of(new Sent("a", "ok")));
      syncing.await();
      rig.engine.stopAccepting();
      boolean tooEarly = rig.engine.drain(Duration.ofMillis(1));
      goOn.countDown();
      assertThat(tooEarly).isFalse();
      assertThat(rig.engine.drain(Duration.ofSeconds(20))).isTrue();
      assertThat(outcome).isDone();
      assertThat(database.ids()).containsExactly("before", "a");
    }
  }

  @Test
  void nothingIsTrimmedThatASinkOrAStragglerStillNeeds() {
    var slow = new FakeDatabase();
    slow.down(true);
    database.downFor(slice -> slice.tenant().value().equals("t1"));
    try (Rig rig = new Rig(Map.of("db", database.sink(), "slow", slow.sink()), Rig.FAST, 0)) {
      rig.send(1, "first");
      String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
      for (int i = 0; i < 200; i++) {
        rig.send(2, List.of(new Sent("b" + i, "ok", big, "")));
      }
      Await.until(() -> database.ids().size() == 200, () -> "rows " + database.ids().size());
      assertThat(rig.engine.log().start(0)).isZero();
      slow.down(false);
      rig.awaitSettled("slow");
      assertThat(slow.ids()).hasSize(201);
      Await.until(() -> rig.engine.log().start(0) > 0, () -> "nothing was given up");
      assertThat(rig.engine.log().oldest(0)).as("the straggler needs its own").isZero();
      database.downFor(slice -> false);
      rig.awaitSettled("db");
      assertThat(database.ids()).hasSize(201);
      Await.until(() -> rig.engine.log().oldest(0) > 0, () -> "nothing was trimmed");
    }
  }

  @Test
  void nothingIsTrimmedWhileTheCursorOfASinkIsNotKnown() {
    var unreachable = new FakeDatabase();
    unreachable.down(true);
    try (Rig rig =
        new Rig(Map.of("db", database.sink(), "unreachable", unreachable.sink()), Rig.FAST, 0)) {
      String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
      for (int i = 0; i < 200; i++) {
        rig.send(2, List.of(new Sent("b" + i, "ok", big, "")));
        rig.awaitSettled("db");
      }
      assertThat(rig.engine.log().start(0)).isZero();
      unreachable.down(false);
      rig.awaitSettled("unreachable");
      assertThat(unreachable.ids()).hasSize(200);
    }
  }

  @Test
  void aSinkThatIsConfiguredNoMoreKeepsWhatItStillNeeds() {
    var removed = new FakeDatabase();
    removed.down(true);
    Rig first = new Rig(Map.of("db", database.sink(), "removed", removed.sink()), Rig.FAST, 0);
    first.send(2, "first");
    first.awaitSettled("db");
    first.close();
    removed.down(false);
    Rig without = first.restarted(Map.of("db", database.sink()), 0, 2);
    String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
    for (int i = 0; i < 200; i++) {
      without.send(2, List.of(new Sent("b" + i, "ok", big, "")));
      without.awaitSettled("db");
    }
    assertThat(without.engine.log().start(0)).isZero();
    without.close();
    try (Rig again =
        without.restarted(Map.of("db", database.sink(), "removed", removed.sink()), 0, 3)) {
      again.awaitSettled("removed");
      assertThat(removed.ids()).hasSize(201);
    }
  }

  @Test
  void staysStoppedWhenAnotherOwnerComesWhileMissingEntriesAreCounted() {
    Rig first = new Rig(Map.of("db", database.sink()), Rig.FAST, 0);
    String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
    for (int i = 0; i < 200; i++) {
      first.send(2, List.of(new Sent("b" + i, "ok", big, "")));
    }
    Await.until(() -> first.engine.log().start(0) > 0, () -> "nothing was trimmed");
    var key = new CursorKey(first.engine.log().id(), "db", 0);
    first.close();
    database.forget();
    var writes = new AtomicInteger();
    database.faults(batch -> {
      writes.incrementAndGet();
      database.cursor(key, database.cursor().withFence(99));
      return Optional.empty();
    });
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 0, 2)) {
      Await.until(() -> rig.sink("db").state() == State.FENCED, () -> rig.sink("db").toString());
    }
    assertThat(writes).hasValue(1);
    assertThat(database.ids()).isEmpty();
  }

  @Test
  void countsWhatTheLogNoLongerHasAndGoesOn() {
    Rig first = new Rig(Map.of("db", database.sink()), Rig.FAST, 0);
    String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
    for (int i = 0; i < 200; i++) {
      first.send(2, List.of(new Sent("b" + i, "ok", big, "")));
    }
    Await.until(() -> first.engine.log().start(0) > 0, () -> "nothing was trimmed");
    long start = first.engine.log().start(0);
    long end = first.engine.log().end(0);
    first.close();
    database.forget();
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 0, 2)) {
      rig.awaitSettled("db");
      long dropped = rig.sink("db").dropped();
      assertThat(dropped).isBetween(start, end - 1);
      assertThat(database.ids()).hasSize((int) (end - dropped)).doesNotHaveDuplicates();
      assertThat(rig.sink("db").lastError().orElse("")).contains("no longer in the log");
    }
  }

  @Test
  void saysWhichTenantsLostWhatWaitedForThem() {
    Rig first = new Rig(Map.of("db", database.sink()), Rig.FAST, 0);
    String big = "{\"x\":\"" + "y".repeat(4_000) + "\"}";
    for (int i = 0; i < 200; i++) {
      first.send(2, List.of(new Sent("b" + i, "ok", big, "")));
    }
    Await.until(() -> first.engine.log().start(0) > 0, () -> "nothing was trimmed");
    first.awaitSettled("db");
    var key = new CursorKey(first.engine.log().id(), "db", 0);
    first.close();
    CursorRecord at = database.cursor();
    var waiting = List.of(new Straggler(lane(2), 0));
    database.cursor(
        key,
        new CursorRecord(
            at.fence(), at.head(), at.delivered(), at.deadLettered(), at.dropped(), waiting));
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 0, 2)) {
      rig.awaitSettled("db");
      assertThat(rig.sink("db").dropped()).isZero();
      assertThat(rig.sink("db").lastError().orElse(""))
          .contains("tenant t2 also lost what waited for it from offset 0 to ");
    }
  }
}
