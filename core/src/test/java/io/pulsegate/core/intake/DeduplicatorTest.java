package io.pulsegate.core.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeduplicatorTest {
  private static final LaneKey QUIET = new LaneKey(new TenantId("quiet"), 1);
  private static final LaneKey FLOOD = new LaneKey(new TenantId("flood"), 1);
  private long offset;

  private Deduplicator.Verdict decide(Deduplicator deduplicator, LaneKey lane, String... ids) {
    EventBlock block = block(lane, List.of(ids), "{}");
    Deduplicator.Verdict verdict = deduplicator.decide(lane, block, offset);
    offset += block.count();
    return verdict;
  }

  /// Ids as `id` or `id/idempotencyKey`; an empty id is made at intake.
  private static EventBlock block(LaneKey lane, List<String> ids, String payload) {
    var writer =
        new EventWriter(
            lane,
            Source.HTTP,
            "test",
            new EventWriter.HashKey(3, 4),
            new EventWriter.Limits(1_000, 1 << 20),
            Instant.parse("2025-01-01T00:00:00Z"),
            new SplittableRandom(1),
            100);
    var draft = new EventDraft();
    for (String text : ids) {
      int slash = text.indexOf('/');
      byte[] id =
          text.substring(0, slash < 0 ? text.length() : slash).getBytes(StandardCharsets.UTF_8);
      byte[] key = text.substring(slash + 1).getBytes(StandardCharsets.UTF_8);
      byte[] body = payload.getBytes(StandardCharsets.UTF_8);
      draft.begin(body, 0, body.length);
      draft.type(new byte[] {'x'}, 0, 1);
      draft.id(id, 0, id.length);
      if (slash >= 0) {
        draft.idempotencyKey(key, 0, key.length);
      }
      assertThat(writer.add(draft, 0)).isEmpty();
    }
    return writer.finish().getFirst();
  }

  @Test
  void aDuplicateIsOneByIdOrByIdempotencyKeyInTheSameRequestToo() {
    var deduplicator = new Deduplicator(1 << 20);
    assertThat(decide(deduplicator, QUIET, "a", "b", "a").duplicates()).containsExactly(2);
    assertThat(decide(deduplicator, QUIET, "b", "c").duplicates()).containsExactly(0);
    assertThat(decide(deduplicator, QUIET, "d/k", "e/k").duplicates()).containsExactly(1);
    assertThat(decide(deduplicator, QUIET, "d/other").duplicates()).containsExactly(0);
    assertThat(decide(deduplicator, FLOOD, "a", "f/k").duplicates()).isEmpty();
    // e and "other" came with duplicates, so nothing of them was kept.
    assertThat(decide(deduplicator, QUIET, "e", "g/other").duplicates()).isEmpty();
  }

  /// As ten million into 300 MB: all sizes are in proportion. `pulsegate bench duplicates` measures
  /// those.
  @Test
  void aMillionIdsOfOneTenantFitInto30MegabytesAndAreAllKnown() {
    var deduplicator = new Deduplicator(30_000_000);
    var blocks = new ArrayList<EventBlock>();
    for (int i = 0; i < 1_000_000; i += 2_000) {
      blocks.add(
          block(QUIET, IntStream.range(i, i + 2_000).mapToObj(Integer::toString).toList(), "{}"));
      assertThat(deduplicator.decide(QUIET, blocks.getLast(), i).live()).isEqualTo(2_000);
    }
    assertThat(deduplicator.keysHeld()).isEqualTo(1_000_000);
    assertThat(deduplicator.bytesHeld()).isLessThanOrEqualTo(30_000_000);
    for (EventBlock block : blocks) {
      assertThat(deduplicator.decide(QUIET, block, 1_000_000).live()).isZero();
    }
  }

  @Test
  void idsMadeAtIntakeAreNotEntered() {
    var deduplicator = new Deduplicator(1 << 20);
    assertThat(decide(deduplicator, QUIET, "", "").duplicates()).isEmpty();
    assertThat(deduplicator.keysHeld()).isZero();
  }

  @Test
  void anotherPayloadUnderTheSameIdIsAConflictAndTheFirstStays() {
    var deduplicator = new Deduplicator(1 << 20);
    decide(deduplicator, QUIET, "a");
    EventBlock other = block(QUIET, List.of("a"), "{\"other\":1}");
    Deduplicator.Verdict verdict = deduplicator.decide(QUIET, other, 10);
    assertThat(verdict.duplicates()).containsExactly(0);
    assertThat(verdict.conflicts()).containsExactly(0);
    assertThat(verdict.live()).isZero();
    assertThat(verdict.firstLive()).isEqualTo(-1);
    assertThat(other.isLive(0)).isFalse();
    assertThat(decide(deduplicator, QUIET, "a").conflicts()).isEmpty();
  }

  @Test
  void aFloodOfOneTenantLeavesTheOthersWindowWhole() {
    var deduplicator = new Deduplicator(200_000);
    var quiet = new ArrayList<String>();
    for (int i = 0; i < 500; i++) {
      quiet.add("q" + i);
    }
    List<LaneKey> lanes =
        Stream.of("q1", "q2", "q3", "q4").map(name -> new LaneKey(new TenantId(name), 1)).toList();
    lanes.forEach(lane -> decide(deduplicator, lane, quiet.toArray(String[]::new)));
    for (int i = 0; i < 1_000; i++) {
      var flood = new ArrayList<String>();
      for (int j = 0; j < 100; j++) {
        flood.add("f" + i + "-" + j);
      }
      assertThat(decide(deduplicator, FLOOD, flood.toArray(String[]::new)).live()).isEqualTo(100);
      assertThat(deduplicator.bytesHeld()).isLessThanOrEqualTo(200_000);
    }
    for (LaneKey lane : lanes) {
      assertThat(decide(deduplicator, lane, quiet.toArray(String[]::new)).live()).isZero();
    }
    assertThat(decide(deduplicator, FLOOD, "f999-99", "f990-0").live()).isZero();
    assertThat(decide(deduplicator, FLOOD, "f0-0").live()).isEqualTo(1);
  }

  @Test
  void theLargestWindowShrinksAndIsNeverEmptyAtOnce() {
    var deduplicator = new Deduplicator(200_000);
    for (int i = 0; i < 90; i++) {
      decide(deduplicator, FLOOD, ids("f" + i + "-", 100));
    }
    for (int i = 0; i < 120; i++) {
      decide(deduplicator, new LaneKey(new TenantId("small" + i), 1), ids("s", 40));
      assertThat(decide(deduplicator, FLOOD, "f89-99").live()).as("with %d lanes", i + 2).isZero();
      assertThat(deduplicator.bytesHeld()).isLessThanOrEqualTo(200_000);
    }
    for (int i = 0; i < 120; i++) {
      LaneKey lane = new LaneKey(new TenantId("small" + i), 1);
      assertThat(decide(deduplicator, lane, ids("s", 40)).live()).isZero();
    }
    assertThat(decide(deduplicator, FLOOD, ids("f89-", 100)).live()).isZero();
    assertThat(decide(deduplicator, FLOOD, "f80-0").live()).isEqualTo(1);
  }

  private static String[] ids(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  @Test
  void withoutMemoryNothingIsADuplicateAndNothingIsPinned() {
    var deduplicator = new Deduplicator(0);
    assertThat(decide(deduplicator, QUIET, "a", "a").live()).isEqualTo(2);
    assertThat(deduplicator.windowStart()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theLogIsPinnedNoFurtherBackThanItsShareHoweverLongAnIdleTenantIsRemembered() {
    var deduplicator = new Deduplicator(20_000);
    decide(deduplicator, QUIET, "q");
    assertThat(deduplicator.windowStart()).isZero();
    for (int i = 0; i < 200_000; i += 100) {
      var flood = new ArrayList<String>();
      for (int j = 0; j < 100; j++) {
        flood.add("f" + (i + j));
      }
      decide(deduplicator, FLOOD, flood.toArray(String[]::new));
    }
    long pinnedBytes = (offset - deduplicator.windowStart()) * 2;
    assertThat(pinnedBytes).isBetween(150_000L, 190_000L);
    assertThat(decide(deduplicator, QUIET, "q").live()).isZero();
  }

  /// Against a plain set, within what the memory surely holds.
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void agreesWithASetWithinItsWindow(long seed) {
    var random = new SplittableRandom(seed);
    var deduplicator = new Deduplicator(1 << 20);
    Set<String> known = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      LaneKey lane = random.nextBoolean() ? QUIET : FLOOD;
      var ids = new ArrayList<String>();
      var expected = new ArrayList<Integer>();
      int count = 1 + random.nextInt(40);
      for (int j = 0; j < count; j++) {
        String id = "id" + random.nextInt(6_000);
        ids.add(id);
        if (!known.add(lane + id)) {
          expected.add(j);
        }
      }
      assertThat(decide(deduplicator, lane, ids.toArray(String[]::new)).duplicates())
          .as("seed %d, block %d", seed, i)
          .isEqualTo(expected);
    }
  }
}
