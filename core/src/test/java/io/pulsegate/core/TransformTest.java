package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Transform;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.FakeDatabase.Fault;
import io.pulsegate.core.Rig.Sent;
import io.pulsegate.core.transform.Chain;
import io.pulsegate.core.transform.Routes;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What tenants' transforms do to their events on the way to a sink, and to nobody else's.
class TransformTest {
  private final FakeDatabase database = new FakeDatabase();
  private final Map<String, Transform> ways = new ConcurrentHashMap<>();

  private Rig rig() {
    LaneRules rules =
        (LaneKey lane, String sink) -> Optional.ofNullable(ways.get(lane.tenant().value()));
    return new Rig(Map.of("db", database.sink()), rules);
  }

  private static Transform marks(String field, int value) {
    return event ->
        new Verdict.Keep(event.withPayload(event.payload().with(field, JsonNumber.of(value))));
  }

  private static Chain chain(Transform... transforms) {
    return new Chain(
        List.of(transforms).stream().map(each -> new Chain.Link("link", each)).toList());
  }

  @Test
  void changesOneTenantsEventsAndLeavesTheOthersAsTheyWere() {
    ways.put("t1", chain(marks("x", 1), marks("y", 2)));
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.send(2, "b");
      rig.awaitSettled("db");
      assertThat(database.payloads())
          .containsExactlyInAnyOrder("{\"id\":\"a\",\"x\":1,\"y\":2}", "{\"id\":\"b\"}");
      assertThat(database.cursor().delivered()).isEqualTo(2);
    }
  }

  @Test
  void aTimeThatCouldNotBeUsedIsStillKnownAfterwards() {
    ways.put("t1", marks("x", 1));
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok", "{}", "", "the day before")));
      rig.awaitSettled("db");
      Batch batch = database.writes().getLast();
      var event = batch.cursorOverEvents();
      assertThat(event.next()).isTrue();
      assertThat(event.block().optional(EventBlock.OptionalField.ORIGINAL_TIME, event.index()))
          .contains("the day before");
      assertThat(event.block().flags(event.index()) & EventFlag.TIME_MADE).isNotZero();
    }
  }

  @Test
  void dropsAreCountedAndMoveTheCursor() {
    ways.put(
        "t1",
        event ->
            event.type().equals("noise") ? new Verdict.Drop("noise") : new Verdict.Keep(event));
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("n1", "noise"), new Sent("b", "ok")));
      rig.send(1, List.of(new Sent("n2", "noise")));
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a", "b");
      assertThat(database.cursor().dropped()).isEqualTo(2);
      assertThat(database.cursor().delivered()).isEqualTo(2);
      assertThat(rig.sink("db").lagEvents()).isZero();
    }
  }

  @Test
  void partsOfASplitHaveIdsThatStayTheSameAndCountAsOneEntry() {
    ways.put(
        "t1",
        event ->
            new Verdict.Split(List.of(event, event.withType("second"), event.withType("third"))));
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.awaitSettled("db");
      List<String> first = database.ids();
      assertThat(first).hasSize(3).doesNotHaveDuplicates();
      assertThat(database.cursor().delivered()).isEqualTo(1);
      database.forget();
      Rig again = rig();
      try (again) {
        again.send(1, "a");
        again.awaitSettled("db");
        assertThat(database.ids()).isEqualTo(first);
      }
    }
  }

  @Test
  void anEventThatFailsBecomesADeadLetterAsItWasAccepted() {
    ways.put(
        "t1",
        chain(
            marks("x", 1),
            event ->
                event.type().equals("bad")
                    ? new Verdict.Fail("no_country", "its country is unknown", false)
                    : new Verdict.Keep(event)));
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("b", "bad"), new Sent("c", "ok")));
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a", "c");
      DeadLetter letter = rig.letters.all().getFirst();
      assertThat(letter.event().payload()).isEqualTo("{\"id\":\"b\"}");
      assertThat(letter.code()).isEqualTo("no_country");
      assertThat(letter.stage()).isEqualTo("transform");
      assertThat(letter.reason()).isEqualTo("link: its country is unknown");
      assertThat(database.cursor().deadLettered()).isEqualTo(1);
    }
  }

  @Test
  void whatTheSinkRefusesOfATransformedEventIsKeptAsItWasAccepted() {
    ways.put("t1", event -> new Verdict.Split(List.of(event, event.withType("reject"))));
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.send(2, "b");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("b");
      assertThat(rig.letters.all())
          .singleElement()
          .satisfies(letter -> assertThat(letter.event().payload()).isEqualTo("{\"id\":\"a\"}"));
    }
  }

  @Test
  void whatAThrowingTransformThrowsAtIsADeadLetterAndNothingElse() {
    ways.put(
        "t1",
        chain(event -> {
          if (event.type().equals("bad")) {
            throw new IllegalArgumentException("secret");
          }
          return new Verdict.Keep(event);
        }));
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("b", "bad"), new Sent("c", "ok")));
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("a", "c");
      assertThat(rig.letters.all().getFirst().reason())
          .isEqualTo("link: it threw java.lang.IllegalArgumentException");
    }
  }

  @Test
  void outputThatIsNotAllowedIsADeadLetter() {
    ways.put("t1", event -> new Verdict.Keep(event.withType("")));
    ways.put(
        "t2",
        event ->
            new Verdict.Keep(
                event.withPayload(
                    new JsonObject(Map.of("big", new JsonText("x".repeat(9 << 10)))))));
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.send(2, "b");
      rig.send(3, "c");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("c");
      assertThat(rig.letters.all())
          .extracting(DeadLetter::code)
          .containsOnly("transform_output")
          .hasSize(2);
    }
  }

  @Test
  void aTransformThatNeverComesBackHoldsUpItsTenantAlone() {
    var release = new CountDownLatch(1);
    ways.put(
        "t1",
        event -> {
          while (event.type().equals("loop") && release.getCount() > 0) {
            Thread.onSpinWait();
          }
          return new Verdict.Keep(event);
        });
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a1", "ok"), new Sent("loop", "loop")));
      rig.send(2, "b1");
      Await.until(() -> database.ids().contains("b1"), () -> rig.sink("db").toString());
      rig.send(1, "a2");
      rig.send(2, "b2");
      Await.until(() -> database.ids().contains("b2"), () -> rig.sink("db").toString());
      assertThat(database.ids()).containsExactly("b1", "b2");
      release.countDown();
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("b1", "b2", "a1", "loop", "a2");
      assertThat(database.violations()).isEmpty();
    }
  }

  @Test
  void aTransformThatHangsIsBegunOnceHoweverOftenItsSinkFails() {
    var never = new CountDownLatch(1);
    var begun = new AtomicInteger();
    ways.put(
        "t1",
        event -> {
          begun.incrementAndGet();
          while (never.getCount() > 0) {
            Thread.onSpinWait();
          }
          return new Verdict.Keep(event);
        });
    database.faults(batch -> batch.events() > 0 ? Optional.of(Fault.OUTAGE) : Optional.empty());
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.send(2, "b");
      Await.until(() -> database.writes().size() > 5, () -> rig.sink("db").toString());
      assertThat(begun).hasValue(1);
      database.faults(_ -> Optional.empty());
      never.countDown();
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("a", "b");
    } finally {
      never.countDown();
    }
  }

  @Test
  void aTransformThatHangsIsLeftBehindWhenItIsReplaced() {
    var never = new CountDownLatch(1);
    ways.put(
        "t1",
        event -> {
          while (never.getCount() > 0) {
            Thread.onSpinWait();
          }
          return new Verdict.Drop("never");
        });
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.send(2, "b");
      Await.until(() -> database.ids().contains("b"), () -> rig.sink("db").toString());
      ways.put("t1", marks("x", 1));
      rig.awaitSettled("db");
      assertThat(database.payloads()).contains("{\"id\":\"a\",\"x\":1}");
    } finally {
      never.countDown();
    }
  }

  @Test
  void aTenantWhoseTransformCannotGoOnNowWaitsWithItsPlaceKept() {
    var down = new AtomicBoolean(true);
    ways.put(
        "t1",
        event ->
            event.type().equals("needs") && down.get()
                ? new Verdict.Fail("lookup", "the file is away", true)
                : new Verdict.Keep(event));
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a1", "ok"), new Sent("a2", "needs"), new Sent("a3", "ok")));
      rig.send(2, "b");
      Await.until(
          () -> database.ids().containsAll(List.of("a1", "b")), () -> rig.sink("db").toString());
      Await.until(
          () ->
              rig.sink("db").stragglers().stream()
                  .anyMatch(each -> each.reason().contains("the file is away")),
          () -> rig.sink("db").toString());
      down.set(false);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("b", "a1", "a2", "a3");
      assertThat(database.violations()).isEmpty();
      assertThat(rig.letters.all()).isEmpty();
    }
  }

  @Test
  void theFirstRouteThatWantsAnEventTakesIt() {
    ways.put(
        "t1",
        new Routes(
            List.of(
                new Routes.Route(event -> event.type().equals("ok"), marks("route", 1)),
                new Routes.Route(event -> !event.type().equals("no"), marks("route", 2)))));
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("b", "other"), new Sent("c", "no")));
      rig.awaitSettled("db");
      assertThat(database.payloads())
          .containsExactly("{\"id\":\"a\",\"route\":1}", "{\"id\":\"b\",\"route\":2}");
      assertThat(database.cursor().dropped()).isEqualTo(1);
    }
  }
}
