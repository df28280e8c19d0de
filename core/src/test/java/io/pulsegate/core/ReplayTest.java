package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.FakeDatabase.Fault;
import io.pulsegate.core.Rig.Sent;
import io.pulsegate.core.delivery.Replay;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final int FAST = 1_000_000;

  private final FakeDatabase database = new FakeDatabase();
  private final FakeDatabase again = new FakeDatabase();

  private static LaneKey lane(int tenant) {
    return new LaneKey(new TenantId("t" + tenant), 1);
  }

  private static ReplaySpec all(Rig rig, long run) {
    return new ReplaySpec(
        run, "db", 0, rig.engine.log().end(0), Optional.empty(), Route.Condition.ALWAYS, FAST);
  }

  private static void awaitDone(Replay replay) {
    Await.until(() -> replay.status().isDone(), () -> replay.status().toString());
  }

  @Test
  void deliversARangeOnceMoreInOrderWithItsOwnCursorAndLeavesTheLiveOneAlone() {
    try (Rig rig = new Rig(Map.of("db", database.sink()))) {
      rig.send(1, "a", "b");
      rig.send(2, "c");
      rig.awaitSettled("db");
      ReplaySpec spec = all(rig, 1);
      rig.send(1, "later");
      rig.awaitSettled("db");
      try (Replay replay = rig.engine.replay(spec, again.sink())) {
        awaitDone(replay);
        assertThat(replay.status().delivered()).isEqualTo(3);
      }
      assertThat(again.ids()).containsExactly("a", "b", "c");
      assertThat(again.violations()).isEmpty();
      assertThat(database.ids()).containsExactly("a", "b", "c", "later");
      assertThat(rig.sink("db").delivered()).isEqualTo(4);
    }
  }

  @Test
  void deliversOneTenantsWantedEventsThroughThePresentPipeline() {
    var mended = new AtomicBoolean();
    Transform way =
        event ->
            mended.get() ? new Verdict.Keep(event.withType("mended")) : new Verdict.Drop("not_yet");
    LaneRules rules = (lane, _) -> lane.equals(lane(1)) ? Optional.of(way) : Optional.empty();
    try (Rig rig = new Rig(Map.of("db", database.sink()), rules)) {
      rig.send(1, List.of(new Sent("a", "order"), new Sent("b", "click")));
      rig.send(2, List.of(new Sent("x", "order")));
      rig.send(1, List.of(new Sent("c", "order")));
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("x");
      mended.set(true);
      var spec =
          new ReplaySpec(
              1,
              "db",
              0,
              rig.engine.log().end(0),
              Optional.of(lane(1)),
              new Route.Condition(List.of("ord*"), List.of()),
              FAST);
      try (Replay replay = rig.engine.replay(spec, again.sink())) {
        awaitDone(replay);
        assertThat(replay.status().passedOver()).isEqualTo(1);
      }
      assertThat(again.ids()).containsExactly("a", "c");
    }
  }

  @Test
  void goesOnFromItsCursorAfterARestartWithNothingLostOrDoubled() {
    Rig rig = new Rig(Map.of("db", database.sink()));
    for (int i = 0; i < 30; i++) {
      rig.send(i % 3, "e" + i);
    }
    rig.awaitSettled("db");
    ReplaySpec spec = all(rig, 5);
    // The answer of the second commit is lost, and then nothing goes on.
    again.faults(batch ->
        batch.events() == 0
            ? Optional.empty()
            : again.ids().isEmpty() ? Optional.of(Fault.LOST_ANSWER) : Optional.of(Fault.OUTAGE));
    try (Replay replay = rig.engine.replay(spec, again.sink())) {
      Await.until(() -> !again.ids().isEmpty(), () -> replay.status().toString());
    }
    int before = again.ids().size();
    assertThat(before).isPositive();
    rig.close();
    again.faults(batch -> Optional.empty());
    try (Rig next = rig.restarted(Map.of("db", database.sink()), 1 << 20, 2)) {
      try (Replay replay = next.engine.replay(spec, again.sink())) {
        awaitDone(replay);
        assertThat(replay.status().delivered()).isEqualTo(30);
      }
    }
    assertThat(again.ids()).hasSize(30).doesNotHaveDuplicates();
    assertThat(again.violations()).isEmpty();
  }

  @Test
  void keepsWhatItRefusesAsDeadLettersOfItsRun() {
    try (Rig rig = new Rig(Map.of("db", database.sink()))) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("bad", "reject")));
      rig.awaitSettled("db");
      try (Replay replay = rig.engine.replay(all(rig, 9), again.sink())) {
        awaitDone(replay);
        assertThat(replay.status().deadLettered()).isEqualTo(1);
      }
      assertThat(rig.letters.all()).extracting(DeadLetter::run).containsExactly(0L, 9L);
      assertThat(rig.letters.all()).extracting(DeadLetter::sink).containsOnly("db");
    }
  }

  @Test
  void theLogKeepsWhatAReplayNeedsOverARestartUntilItIsForgotten() {
    Rig rig = new Rig(Map.of("db", database.sink()), Rig.FAST, 1 << 10);
    rig.send(1, Rig.many("a", 50, "ok"));
    rig.awaitSettled("db");
    ReplaySpec spec = all(rig, 3);
    again.down(true);
    Replay begun = rig.engine.replay(spec, again.sink());
    fill(rig);
    assertThat(rig.engine.log().start(0)).isZero();
    begun.close();
    rig.close();
    try (Rig next = rig.restarted(Map.of("db", database.sink()), 1 << 10, 2)) {
      fill(next);
      assertThat(next.engine.log().start(0)).isZero();
      again.down(false);
      try (Replay replay = next.engine.replay(spec, again.sink())) {
        awaitDone(replay);
      }
      assertThat(again.ids()).hasSize(50);
      next.engine.forgetReplays(run -> false);
      next.send(1, "last");
      Await.until(
          () -> next.engine.log().start(0) > 0, () -> "start " + next.engine.log().start(0));
    }
  }

  /// More than a few segments, all settled.
  private void fill(Rig rig) {
    String padding = "x".repeat(4_000);
    for (int i = 0; i < 120; i++) {
      rig.send(
          2,
          List.of(
              new Sent("p" + System.identityHashCode(rig) + i, "ok", "\"" + padding + "\"", "")));
    }
    rig.awaitSettled("db");
  }

  @Test
  void waitsWhileLiveEventsWait() {
    try (Rig rig = new Rig(Map.of("db", database.sink()))) {
      rig.send(1, Rig.many("a", 20, "ok"));
      rig.awaitSettled("db");
      ReplaySpec spec = all(rig, 1);
      database.down(true);
      rig.send(1, Rig.many("b", 150, "ok"));
      try (Replay replay = rig.engine.replay(spec, again.sink())) {
        Await.until(
            () -> replay.status().reason().contains("live events go first"),
            () -> replay.status().toString());
        assertThat(again.ids()).isEmpty();
        database.down(false);
        awaitDone(replay);
      }
      assertThat(again.ids()).hasSize(20);
    }
  }

  @Test
  void knowsBelowWhichOffsetASinkIsSettled() {
    database.downFor(slice -> slice.tenant().value().equals("t1"));
    try (Rig rig = new Rig(Map.of("db", database.sink()))) {
      rig.send(1, "stuck");
      rig.send(2, "b");
      Await.until(() -> database.ids().contains("b"), () -> database.ids().toString());
      long end = rig.engine.log().end(0);
      Await.until(
          () -> rig.engine.settledTo("db", Optional.of(lane(2))).equals(OptionalLong.of(end)),
          () -> rig.sink("db").toString());
      assertThat(rig.engine.settledTo("db", Optional.of(lane(1)))).hasValue(0);
      assertThat(rig.engine.settledTo("db", Optional.empty())).hasValue(0);
      assertThat(rig.engine.settledTo("none", Optional.empty())).isEqualTo(OptionalLong.empty());
    }
  }
}
