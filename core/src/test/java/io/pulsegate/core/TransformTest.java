package io.pulsegate.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.FakeDatabase.Fault;
import io.pulsegate.core.Rig.Sent;
import io.pulsegate.core.transform.Chain;
import io.pulsegate.core.transform.LeasedTransform;
import io.pulsegate.core.transform.Routes;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonArray;
import io.pulsegate.json.JsonValue.JsonNumber;
import io.pulsegate.json.JsonValue.JsonObject;
import io.pulsegate.json.JsonValue.JsonText;
import java.time.Duration;
import java.util.Collections;
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

  @Test
  void whatIdentifiesAnEventCannotBeChanged() {
    ways.put(
        "t1",
        event -> {
          var other =
              new Event(
                  "another-id",
                  new TenantId("t2"),
                  event.type(),
                  Event.ofMicros(1),
                  event.received().receivedAt(),
                  event.received().payload(),
                  event.received().source(),
                  event.received().dialect(),
                  event.received().traceId(),
                  event.received().idempotencyKey(),
                  event.received().partitionKey());
          var changed =
              new TransformEvent(other, event.type(), event.payload(), event.partitionKey());
          return event.type().equals("split")
              ? new Verdict.Split(List.of(event, changed))
              : new Verdict.Keep(changed);
        });
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("b", "split")));
      rig.send(2, "c");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("c");
      assertThat(rig.letters.all())
          .hasSize(2)
          .allSatisfy(letter -> {
            assertThat(letter.code()).isEqualTo("transform_output");
            assertThat(letter.reason())
                .contains("its id, tenant, times and trace cannot be changed");
          });
    }
  }

  @Test
  void anAnswerThatIsNoneIsADeadLetterAndTheOthersGoOn() {
    List<Transform> broken =
        List.of(
            event -> nothing(),
            event -> new Verdict.Keep(nothing()),
            event -> new Verdict.Drop(nothing()),
            event -> new Verdict.Keep(event.withType(nothing())),
            event -> new Verdict.Keep(event.withPayload(deep(5_000))),
            event -> new Verdict.Keep(event.withPayload(wide())),
            event -> new Verdict.Split(Collections.nCopies(1_001, event)),
            event -> {
              throw new StackOverflowError();
            });
    ways.put("t1", event -> broken.get(Integer.parseInt(event.type())).apply(event));
    try (Rig rig = rig()) {
      for (int i = 0; i < broken.size(); i++) {
        rig.send(1, List.of(new Sent("bad" + i, "" + i)));
      }
      rig.send(2, "b");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactly("b");
      assertThat(rig.letters.all()).hasSize(broken.size());
      assertThat(database.cursor().deadLettered()).isEqualTo(broken.size());
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // what a plugin may do
  private static <T> T nothing() {
    return null;
  }

  private static JsonObject deep(int levels) {
    JsonObject object = JsonObject.EMPTY;
    for (int i = 0; i < levels; i++) {
      object = JsonObject.EMPTY.with("x", object);
    }
    return object;
  }

  /// Gigabytes, if one were to write it.
  private static JsonObject wide() {
    JsonValue value = new JsonText("x".repeat(1 << 20));
    for (int i = 0; i < 40; i++) {
      value = new JsonArray(List.of(value, value));
    }
    return JsonObject.EMPTY.with("x", value);
  }

  @Test
  void anErrorOfATransformHoldsUpItsTenantAlone() {
    var broken = new AtomicBoolean(true);
    ways.put(
        "t1",
        event -> {
          if (broken.get()) {
            throw new OutOfMemoryError("a plugin that is hungry");
          }
          return new Verdict.Keep(event);
        });
    try (Rig rig = rig()) {
      rig.send(1, "a");
      rig.send(2, "b");
      Await.until(() -> database.ids().contains("b"), () -> rig.sink("db").toString());
      Await.until(
          () ->
              rig.sink("db").stragglers().stream()
                  .anyMatch(each -> each.reason().contains("OutOfMemoryError")),
          () -> rig.sink("db").toString());
      broken.set(false);
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("a", "b");
      assertThat(rig.letters.all()).isEmpty();
    }
  }

  private Rig rigWithTransformTimeout(Duration timeout) {
    LaneRules rules =
        (LaneKey lane, String sink) -> Optional.ofNullable(ways.get(lane.tenant().value()));
    var policy =
        new DeliveryPolicy(
            Rig.FAST.batchEventsMax(),
            Rig.FAST.batchBytesMax(),
            Rig.FAST.writeTimeout(),
            Rig.FAST.backoffMin(),
            Rig.FAST.backoffMax(),
            Rig.FAST.poisonAttempts(),
            Rig.FAST.misconfiguredRetry(),
            timeout,
            Duration.ZERO,
            DeliveryPolicy.ANY_WRITES);
    return new Rig(Map.of("db", database.sink()), rules, policy);
  }

  @Test
  void anEventThatATransformLoopsOnIsADeadLetterAndTheNextOnesGoOn() {
    var never = new CountDownLatch(1);
    ways.put(
        "t1",
        event -> {
          while (event.type().equals("loop") && never.getCount() > 0) {
            Thread.onSpinWait();
          }
          return new Verdict.Keep(event);
        });
    try (Rig rig = rigWithTransformTimeout(Duration.ofMillis(300))) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("b", "loop"), new Sent("c", "ok")));
      rig.send(2, "d");
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("a", "c", "d");
      assertThat(rig.letters.all())
          .singleElement()
          .satisfies(letter -> {
            assertThat(letter.code()).isEqualTo("transform_timeout");
            assertThat(letter.event().eventId()).isEqualTo("b");
          });
      assertThat(database.violations()).isEmpty();
    } finally {
      never.countDown();
    }
  }

  @Test
  void aTransformThatKeepsItsThreadsIsNotGivenMoreUntilItIsReplaced() {
    var never = new CountDownLatch(1);
    var begun = new AtomicInteger();
    ways.put(
        "t1",
        event -> {
          begun.incrementAndGet();
          while (never.getCount() > 0) {
            Thread.onSpinWait();
          }
          return new Verdict.Drop("never");
        });
    try (Rig rig = rigWithTransformTimeout(Duration.ofMillis(150))) {
      rig.send(1, List.of(new Sent("a", "ok"), new Sent("b", "ok"), new Sent("c", "ok")));
      rig.send(2, "d");
      Await.until(
          () ->
              rig.sink("db").stragglers().stream()
                  .anyMatch(each -> each.reason().contains("4 threads of its transforms")),
          () -> rig.sink("db").toString());
      assertThat(begun).hasValue(4);
      ways.put("t1", marks("x", 1));
      rig.awaitSettled("db");
      assertThat(database.ids()).containsExactlyInAnyOrder("a", "b", "c", "d");
      assertThat(rig.letters.all()).isEmpty();
    } finally {
      never.countDown();
    }
  }

  @Test
  void aTransformThatWasReplacedIsClosedAfterItsLastUseAndNotUsedAgain() {
    var inside = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var closed = new AtomicInteger();
    var usedAfter = new AtomicBoolean();
    var old =
        new LeasedTransform(
            new Transform() {
              @Override
              public Verdict apply(TransformEvent event) {
                usedAfter.compareAndSet(false, closed.get() > 0);
                inside.countDown();
                try {
                  release.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                return new Verdict.Keep(event);
              }

              @Override
              public void close() {
                closed.incrementAndGet();
              }
            });
    ways.put("t1", old);
    try (Rig rig = rig()) {
      rig.send(1, "a", "b");
      Await.until(() -> inside.getCount() == 0, () -> rig.sink("db").toString());
      old.close();
      assertThat(closed).as("while it is used").hasValue(0);
      ways.put("t1", new LeasedTransform(marks("x", 1)));
      release.countDown();
      rig.awaitSettled("db");
      Await.until(() -> closed.get() > 0, closed::toString);
      old.close();
      assertThat(closed).hasValue(1);
      assertThat(usedAfter).isFalse();
      assertThat(database.ids()).containsExactlyInAnyOrder("a", "b");
    }
  }

  @Test
  void readsWhateverTheFrontDoorTook() {
    ways.put("t1", Verdict.Keep::new);
    String deep = "{\"x\":" + "[".repeat(400) + "]".repeat(400) + "}";
    try (Rig rig = rig()) {
      rig.send(1, List.of(new Sent("a", "ok", deep, "")));
      rig.awaitSettled("db");
      assertThat(database.payloads()).containsExactly(deep);
    }
  }
}
