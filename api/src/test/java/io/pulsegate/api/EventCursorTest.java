package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCursorTest {
  private static final LaneKey OTHER = new LaneKey(new TenantId("other"), 1);
  private static final CursorMove MOVE =
      new CursorMove(
          new CursorKey("log", "sink", 0), CursorRecord.startingAt(0), CursorRecord.startingAt(99));

  @Test
  void walksOverRunsAndSlicesInOrder() {
    EventBlock first = Encoding.block("a", "b", "c", "d");
    EventBlock second = Encoding.block("e", "f");
    EventBlock third = Encoding.block("x", "y", "z");
    first.markDuplicate(1);
    third.markDuplicate(0);
    Batch batch =
        new Batch(
            0,
            List.of(
                new Slice(
                    Encoding.DEMO,
                    List.of(
                        new Slice.Run(first, Offsets.from(10), 1_000, 0, 4, Set.of(12L)),
                        new Slice.Run(second, 20, 2_000, 1, 2))),
                new Slice(OTHER, List.of(new Slice.Run(third, 14, 3_000, 0, 2)))),
            MOVE);

    assertThat(walk(batch))
        .containsExactly("demo 10 a 1000", "demo 13 d 1000", "demo 21 f 2000", "other 15 y 3000");
    assertThat(batch.events()).isEqualTo(4);
    assertThat(batch.slices().getFirst().firstOffset()).isEqualTo(10);
    assertThat(batch.slices().getFirst().endOffset()).isEqualTo(22);
    assertThat(batch.sliceOf(15)).contains(batch.slices().get(1));
    assertThat(batch.sliceOf(20)).isEmpty();
    assertThat(batch.sliceOf(21)).contains(batch.slices().getFirst());
  }

  @Test
  void countsEntriesOfTheLogOnceHoweverManyEventsTheyBecame() {
    EventBlock block = Encoding.block("a", "b1", "b2", "d");
    var run = new Slice.Run(block, Offsets.of(new long[] {7, 8, 8, 12}), 0, 0, 4, Set.of());
    var slice = new Slice(Encoding.DEMO, List.of(run));
    assertThat(slice.events()).isEqualTo(4);
    assertThat(slice.entries()).isEqualTo(3);
    assertThat(slice.endOffset()).isEqualTo(13);
    assertThat(run.offsets().firstAtOrAbove(8, 0, 4)).isEqualTo(1);
    assertThat(run.offsets().firstAtOrAbove(9, 0, 4)).isEqualTo(3);
    assertThat(walk(new Batch(0, List.of(slice), MOVE)))
        .containsExactly("demo 7 a 0", "demo 8 b1 0", "demo 8 b2 0", "demo 12 d 0");
    var withoutTheSplit = new Slice.Run(block, run.offsets(), 0, 0, 4, Set.of(8L));
    assertThat(withoutTheSplit.events()).isEqualTo(2);
  }

  @Test
  void findsNothingInABatchWithoutLiveEvents() {
    EventBlock block = Encoding.block("a", "b");
    block.markDuplicate(0);
    Batch omitted =
        new Batch(
            0,
            List.of(
                new Slice(
                    Encoding.DEMO,
                    List.of(new Slice.Run(block, Offsets.from(5), 0, 0, 2, Set.of(6L))))),
            MOVE);
    for (Batch batch : List.of(omitted, new Batch(0, List.of(), MOVE))) {
      EventCursor cursor = batch.cursorOverEvents();
      assertThat(cursor.next()).isFalse();
      assertThat(cursor.next()).isFalse();
      assertThat(batch.events()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithThreePlainLoops(long seed) {
    RandomGenerator random = Encoding.random(seed);
    for (int round = 0; round < 200; round++) {
      List<String> expected = new ArrayList<>();
      List<Slice> slices = new ArrayList<>();
      long offset = 0;
      for (int s = random.nextInt(4); s > 0; s--) {
        List<Slice.Run> runs = new ArrayList<>();
        for (int r = 1 + random.nextInt(3); r > 0; r--) {
          Slice.Run run = run(random, offset);
          offset += run.block().count() + random.nextInt(3);
          runs.add(run);
          for (int i = run.from(); i < run.to(); i++) {
            long at = run.offset(i);
            if (run.block().isLive(i) && !run.omitted().contains(at)) {
              expected.add("demo " + at + " t" + i + " 0");
            }
          }
        }
        slices.add(new Slice(Encoding.DEMO, runs));
      }
      Batch batch = new Batch(0, slices, MOVE);
      assertThat(walk(batch)).as("seed %d, round %d", seed, round).isEqualTo(expected);
      assertThat(batch.events()).isEqualTo(expected.size());
    }
  }

  private static Slice.Run run(RandomGenerator random, long offset) {
    int count = 1 + random.nextInt(4);
    String[] types = new String[count];
    for (int i = 0; i < count; i++) {
      types[i] = "t" + i;
    }
    EventBlock block = Encoding.block(types);
    Set<Long> omitted = new HashSet<>();
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(4)) {
        case 0 -> block.markDuplicate(i);
        case 1 -> omitted.add(offset + i);
        default -> {}
      }
    }
    int from = random.nextInt(count);
    return new Slice.Run(
        block, Offsets.from(offset), 0, from, from + 1 + random.nextInt(count - from), omitted);
  }

  private static List<String> walk(Batch batch) {
    List<String> found = new ArrayList<>();
    for (EventCursor event = batch.cursorOverEvents(); event.next(); ) {
      assertThat(event.payloadLength()).isEqualTo(2);
      assertThat(event.block().bytes()[event.payloadFrom()]).isEqualTo((byte) '{');
      found.add(
          "%s %d %s %d"
              .formatted(
                  event.tenant(),
                  event.offset(),
                  event.block().type(event.index()),
                  event.receivedAtMicros()));
    }
    return found;
  }

  @Test
  void refusesRunsOutsideTheirBlock() {
    EventBlock block = Encoding.block("a", "b");
    assertThatThrownBy(() -> new Slice.Run(block, 0, 0, 1, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Slice.Run(block, 0, 0, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Slice.Run(block, 0, 0, -1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Slice(OTHER, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
