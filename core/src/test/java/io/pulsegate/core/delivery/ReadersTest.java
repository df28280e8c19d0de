package io.pulsegate.core.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.CursorRecord.Straggler;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.LaneRules;
import io.pulsegate.core.Rig;
import io.pulsegate.core.Rig.Sent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadersTest {
  private static final int TENANTS = 8;
  private static final String LARGE = "{\"x\":\"" + "y".repeat(7_000) + "\"}";

  @Test
  void holdsNoMoreForManyStragglersThanForAFew() {
    try (Rig rig = new Rig(Map.of());
        Readers readers = stragglersOf(rig)) {
      long most = 0;
      for (int turn = 0; turn < 3 * TENANTS; turn++) {
        Source source = readers.nextReady().orElseThrow();
        assertThat(readers.next(source).entries()).isPositive();
        readers.shed(source);
        source.creditNanos -= 1_000_000;
        most = Math.max(most, readers.heldForStragglersBytes());
      }
      assertThat(most).isBetween(1L, 4 * Rig.FAST.batchBytesMax());
    }
  }

  @Test
  void holdsNothingForAStragglerThatWaitsAndStillKnowsItsAge() {
    try (Rig rig = new Rig(Map.of());
        Readers readers = stragglersOf(rig)) {
      Source source = readers.nextReady().orElseThrow();
      Stretch first = readers.next(source);
      var oldest = source.window.oldestMicros();
      assertThat(oldest).isPresent();
      long held = source.window.heldBytes();

      source.window.forget();

      assertThat(source.window.heldBytes()).isLessThan(held).isZero();
      assertThat(source.window.oldestMicros()).isEqualTo(oldest);
      Stretch again = readers.next(source);
      assertThat(again.from()).isEqualTo(first.from());
      assertThat(again.end()).isEqualTo(first.end());
      assertThat(again.entries()).isEqualTo(first.entries());
    }
  }

  /// The head is at the end; all tenants are behind it with 140 kB each.
  private static Readers stragglersOf(Rig rig) {
    for (int i = 0; i < 20 * TENANTS; i++) {
      rig.send(1 + i % TENANTS, List.of(new Sent("e" + i, "ok", LARGE, "")));
    }
    List<Straggler> all =
        IntStream.rangeClosed(1, TENANTS)
            .mapToObj(i -> new Straggler(new LaneKey(new TenantId("t" + i), 1), 0))
            .toList();
    var readers =
        new Readers(
            "db",
            rig.engine.log(),
            0,
            Rig.FAST,
            LaneRules.NONE,
            new WriteSize(Rig.FAST.batchEventsMax()),
            new SplittableRandom(1),
            CursorRecord.startingAt(0),
            Optional.empty());
    readers.adopt(new CursorRecord(1, rig.engine.log().end(0), 0, 0, 0, all));
    return readers;
  }
}
