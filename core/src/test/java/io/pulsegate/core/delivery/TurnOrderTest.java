package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeliveryPolicy;
import io.pulsegate.core.EmbeddedLog;
import io.pulsegate.core.Rig;
import io.pulsegate.log.Totals;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TurnOrderTest {
  private static final long MILLI = 1_000_000;

  private final TurnOrder order = new TurnOrder();
  private EmbeddedLog log;

  @BeforeEach
  void open(@TempDir Path folder) {
    log =
        EmbeddedLog.open(
            folder, Rig.LOG, InstantSource.system(), new SplittableRandom(1), Metrics.NONE);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private Source source(String name) {
    var lane = Optional.of(new LaneKey(new TenantId(name), 1));
    var backoff = new Backoff(DeliveryPolicy.defaults(), () -> 0, new SplittableRandom(1));
    return new Source(lane, new BlockWindow(log, 0, lane, 0), backoff, Totals.ZERO);
  }

  /// Time that each gets in so many turns, where a turn of each costs what the map says.
  private Map<Source, Long> timeOf(
      List<Source> all, Map<Source, Long> costs, Map<Source, Integer> weights, int turns) {
    var time = new HashMap<Source, Long>();
    for (int i = 0; i < turns; i++) {
      Source next =
          order.next(all, _ -> true, source -> weights.getOrDefault(source, 1)).orElseThrow();
      next.creditNanos -= costs.getOrDefault(next, 0L);
      time.merge(next, costs.getOrDefault(next, 0L), Long::sum);
    }
    return time;
  }

  @Test
  void sharesTimeNotTurns() {
    Source slow = source("slow");
    Source quick = source("quick");
    Map<Source, Long> time =
        timeOf(List.of(slow, quick), Map.of(slow, 200 * MILLI, quick, 5 * MILLI), Map.of(), 2_000);
    double ratio = (double) time.getOrDefault(slow, 0L) / time.getOrDefault(quick, 1L);
    assertThat(ratio).isBetween(0.9, 1.1);
  }

  @Test
  void sharesByWeight() {
    Source heavy = source("heavy");
    Source light = source("light");
    Map<Source, Long> time =
        timeOf(
            List.of(heavy, light),
            Map.of(heavy, 30 * MILLI, light, 30 * MILLI),
            Map.of(heavy, 3),
            2_000);
    double ratio = (double) time.getOrDefault(heavy, 0L) / time.getOrDefault(light, 1L);
    assertThat(ratio).isBetween(2.8, 3.2);
  }

  @Test
  void nobodySavesUpCreditWhileHavingNothingToDo() {
    Source idle = source("idle");
    Source busy = source("busy");
    List<Source> all = List.of(idle, busy);
    for (int i = 0; i < 100; i++) {
      Source next = order.next(all, busy::equals, _ -> 1).orElseThrow();
      next.creditNanos -= 60 * MILLI;
    }
    Map<Source, Long> time = timeOf(all, Map.of(idle, 10 * MILLI, busy, 10 * MILLI), Map.of(), 20);
    assertThat(time.keySet()).isEqualTo(Set.of(idle, busy));
  }

  @Test
  void nobodyIsNextWhereNobodyIsReady() {
    assertThat(order.next(List.of(source("a")), _ -> false, _ -> 1)).isEmpty();
  }
}
