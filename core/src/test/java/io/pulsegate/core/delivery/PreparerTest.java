package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Transform;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.Await;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.Rig;
import io.pulsegate.core.Rig.Sent;
import io.pulsegate.core.transform.LaneVerdicts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PreparerTest {
  private static final LaneKey LANE = new LaneKey(new TenantId("t1"), 1);

  /// Sizes change from turn to turn: what was begun for a long one may be asked for by a short one.
  @Test
  void judgesNothingBehindTheEndOfATurnThatBecameShorter() {
    var mayGoOn = new CountDownLatch(1);
    Transform way =
        event -> {
          await(mayGoOn);
          return switch (event.type()) {
            case "bad" -> new Verdict.Fail("bad", "it is", false);
            case "noise" -> new Verdict.Drop("noise");
            case "later" -> new Verdict.Fail("away", "the file is", true);
            default -> new Verdict.Keep(event);
          };
        };
    LaneRules rules = (_, _) -> Optional.of(way);
    try (Rig rig = new Rig(Map.of());
        var window = new BlockWindow(rig.engine.log(), 0, Optional.of(LANE), 0);
        var preparer =
            new Preparer(
                "db",
                rules,
                new EventWriter.Limits(8 << 10, 32 << 10),
                Duration.ofMillis(100),
                Duration.ofMinutes(1))) {
      rig.send(
          1,
          List.of(
              new Sent("0", "ok"),
              new Sent("1", "bad"),
              new Sent("2", "noise"),
              new Sent("3", "bad"),
              new Sent("4", "noise"),
              new Sent("5", "later")));
      long end = rig.engine.log().end(0);
      window.fill(1 << 20, end);
      Stretch whole = window.next(_ -> true, 100, 1 << 20, end);
      assertThat(preparer.straggler(LANE, whole)).as("its transforms run").isEmpty();
      mayGoOn.countDown();

      var prepared = new AtomicReference<Optional<Prepared>>(Optional.empty());
      Await.until(
          () -> {
            prepared.set(preparer.straggler(LANE, whole.below(3)));
            return prepared.get().isPresent();
          },
          () -> "the transforms have not come back");

      LaneVerdicts verdicts =
          prepared
              .get()
              .orElseThrow()
              .verdicts()
              .getOrDefault(
                  LANE, new LaneVerdicts(List.of(), Map.of(), List.of(), Optional.empty()));
      assertThat(verdicts.failed()).extracting(Rejection::offset).containsExactly(1L);
      assertThat(verdicts.dropped()).containsOnlyKeys(2L);
      assertThat(verdicts.held()).isEmpty();
      assertThat(prepared.get().orElseThrow().original().end()).isEqualTo(3);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
