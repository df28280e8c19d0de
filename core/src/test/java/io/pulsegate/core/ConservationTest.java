package io.pulsegate.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.Rig.Sent;
import io.pulsegate.log.SimulatedDisk;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What was accepted is delivered, a dead letter, dropped or waiting; [ScenarioTest] looks at it in
/// the midst of failures.
class ConservationTest {
  private final FakeDatabase database = new FakeDatabase();

  private static void addsUp(Rig rig, long accepted) {
    SinkStatus sink = rig.sink("db");
    assertThat(sink.unaccounted()).as("%s", sink).isZero();
    assertThat(sink.accepted()).as("%s", sink).isEqualTo(accepted);
    assertThat(sink.delivered() + sink.deadLettered() + sink.dropped() + sink.lagEvents())
        .as("%s", sink)
        .isEqualTo(accepted);
  }

  @Test
  void addsUpWithEveryOutcomeAndOverARestart() {
    Transform way =
        event ->
            event.type().equals("unwanted")
                ? new Verdict.Drop("unwanted")
                : new Verdict.Keep(event);
    Rig first = new Rig(Map.of("db", database.sink()), (_, _) -> Optional.of(way));
    first.send(1, List.of(new Sent("a", "ok"), new Sent("b", "unwanted"), new Sent("c", "reject")));
    first.send(1, "a", "d");
    first.awaitSettled("db");
    addsUp(first, 4);
    assertThat(first.sink("db").dropped()).isEqualTo(1);
    assertThat(first.sink("db").deadLettered()).isEqualTo(1);
    database.downFor(slice -> slice.tenant().value().equals("t2"));
    first.send(2, "x", "y");
    first.send(1, "e");
    Await.until(() -> first.sink("db").lagEvents() == 2, () -> first.sink("db").toString());
    assertThat(database.ids()).contains("e");
    addsUp(first, 7);
    first.close();
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 0, 2)) {
      Await.until(() -> rig.sink("db").head() >= 0, () -> rig.sink("db").toString());
      addsUp(rig, 7);
      database.downFor(slice -> false);
      rig.awaitSettled("db");
      addsUp(rig, 7);
      assertThat(rig.sink("db").lagEvents()).isZero();
    }
  }

  @Test
  void countsFromWhereANewSinkBegins() {
    var other = new FakeDatabase();
    Rig first = new Rig(Map.of("db", database.sink()));
    first.send(1, "a", "b");
    first.awaitSettled("db");
    first.close();
    try (Rig rig =
        first.restarted(Map.of("db", database.sink(), "other", other.sink()), 1 << 20, 2)) {
      rig.send(1, "c");
      rig.awaitSettled("db");
      rig.awaitSettled("other");
      addsUp(rig, 3);
      SinkStatus status = rig.sink("other");
      assertThat(status.unaccounted()).isZero();
      assertThat(status.accepted()).isEqualTo(status.delivered());
    }
  }

  @Test
  void whatIsRedrivenForOneSinkIsDroppedByTheOthers() {
    var other = new FakeDatabase();
    try (Rig rig = new Rig(Map.of("db", database.sink(), "other", other.sink()))) {
      rig.send(1, "a");
      EventWriter writer =
          rig.engine.intake().writer(rig.tenant(1), Source.HTTP, "test", 100).onlyFor("db");
      var draft = new EventDraft();
      byte[] payload = {'{', '}'};
      draft.begin(payload, 0, payload.length);
      draft.type(new byte[] {'t'}, 0, 1);
      assertThat(writer.add(draft, 0)).isEmpty();
      var outcome = new CompletableFuture<Outcome>();
      rig.engine.acceptAgain(rig.tenant(1), writer.finish(), outcome::complete);
      assertThat(outcome.join()).isInstanceOf(Outcome.Accepted.class);
      rig.send(1, "b");
      rig.awaitSettled("db");
      rig.awaitSettled("other");
      addsUp(rig, 3);
      SinkStatus status = rig.sink("other");
      assertThat(status.unaccounted()).isZero();
      assertThat(status.dropped()).isEqualTo(1);
      assertThat(other.ids()).containsExactly("a", "b");
    }
  }

  @Test
  void saysWhatWasLostToDamageWhichNoRestartForgets() {
    database.down(true);
    Rig first = new Rig(Map.of("db", database.sink()));
    first.send(1, "a1", "a2");
    first.send(1, "lost1", "lost2", "lost3");
    first.send(1, "b1");
    first.close();
    flip(first.logDisk, "lost2");
    database.down(false);
    Rig second = first.restarted(Map.of("db", database.sink()), 0, 2);
    second.awaitSettled("db");
    assertThat(database.ids()).containsExactly("a1", "a2", "b1");
    assertThat(second.sink("db").unaccounted()).isEqualTo(3);
    assertThat(second.engine.unaccountedOf(new LaneKey(new TenantId("t1"), 1))).isEqualTo(3);
    second.close();
    try (Rig rig = second.restarted(Map.of("db", database.sink()), 0, 3)) {
      rig.send(1, "c");
      rig.awaitSettled("db");
      assertThat(rig.sink("db").unaccounted()).isEqualTo(3);
      assertThat(rig.sink("db").accepted()).isEqualTo(7);
    }
  }

  private static void flip(SimulatedDisk disk, String text) {
    for (String name : disk.names()) {
      int at = new String(disk.bytes(name), ISO_8859_1).indexOf(text);
      if (at >= 0) {
        disk.flip(name, at, 0);
        return;
      }
    }
    throw new IllegalStateException("no file holds " + text);
  }

  @Test
  void saysWhereACursorCountsMoreThanThereWas() {
    Rig first = new Rig(Map.of("db", database.sink()));
    first.send(1, "a", "b");
    first.awaitSettled("db");
    var key = new CursorKey(first.engine.log().id(), "db", 0);
    first.close();
    CursorRecord at = database.cursor();
    database.cursor(
        key, new CursorRecord(at.fence(), at.head(), at.delivered() + 5, 0, 0, List.of()));
    try (Rig rig = first.restarted(Map.of("db", database.sink()), 0, 2)) {
      Await.until(() -> rig.sink("db").unaccounted() == -5, () -> rig.sink("db").toString());
    }
  }
}
