package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.EventBlock.OptionalField;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random events through writer and block, against a plain list of what was put in.
class EventWriterPropertyTest {
  private static final int EVENT_BYTES_MAX = 3_000;
  private static final int BLOCK_BYTES_MAX = EVENT_BYTES_MAX + 16_384;

  /// What went in; an empty text is none.
  private record Sent(
      String payload,
      String id,
      String type,
      String idempotencyKey,
      String traceId,
      String partitionKey,
      String time,
      int flags) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void givesBackWhatWasPutIn(long seed) {
    RandomGenerator random = Encoding.random(seed);
    EventWriter writer = Encoding.writer(new EventWriter.Limits(EVENT_BYTES_MAX, BLOCK_BYTES_MAX));
    EventDraft draft = new EventDraft();
    List<Sent> sent = new ArrayList<>();
    int count = 1 + random.nextInt(400);
    boolean plain = random.nextInt(3) == 0;
    for (int i = 0; i < count; i++) {
      Sent event = event(random, plain);
      fill(draft, event, random);
      assertThat(writer.add(draft, i)).as("seed %d, event %d", seed, i).isEmpty();
      sent.add(event);
    }
    assertThat(writer.size()).isEqualTo(count);

    List<EventBlock> blocks =
        writer.finish().stream().map(block -> elsewhere(block, random)).toList();
    assertThat(blocks).as("seed %d", seed).allSatisfy(EventWriterPropertyTest::isWithinLimits);
    check(sent, blocks, "seed " + seed);
  }

  /// The block again, from the middle of another array.
  private static EventBlock elsewhere(EventBlock block, RandomGenerator random) {
    int from = random.nextInt(40);
    byte[] bytes = new byte[from + block.sizeBytes() + random.nextInt(40)];
    System.arraycopy(block.bytes(), block.from(), bytes, from, block.sizeBytes());
    return new EventBlock(bytes, from, bytes.length);
  }

  private static void isWithinLimits(EventBlock block) {
    assertThat(block.sizeBytes()).isLessThanOrEqualTo(BLOCK_BYTES_MAX);
    assertThat(block.source()).isEqualTo(Source.HTTP);
    assertThat(block.dialect()).isEqualTo("native");
  }

  private static void check(List<Sent> sent, List<EventBlock> blocks, String seed) {
    Map<String, Long> keys = new HashMap<>();
    int at = 0;
    for (EventBlock block : blocks) {
      for (int i = 0; i < block.count(); i++) {
        String as = seed + ", event " + at;
        Sent event = sent.get(at++);
        checkTexts(event, block, i, as);
        checkTime(event, block, i, as);
        checkKey(keys, "id " + event.id(), event.id(), block.idKeyHigh(i), block.idKeyLow(i), as);
        checkKey(
            keys,
            "key " + event.idempotencyKey(),
            event.idempotencyKey(),
            block.idempotencyKeyHigh(i),
            block.idempotencyKeyLow(i),
            as);
      }
    }
    assertThat(at).as(seed).isEqualTo(sent.size());
  }

  private static void checkTexts(Sent sent, EventBlock block, int i, String as) {
    Event event = Event.of(block, i, Encoding.DEMO.tenant(), 0);
    assertThat(event.payload()).as(as).isEqualTo(sent.payload());
    assertThat(event.eventType()).as(as).isEqualTo(sent.type());
    assertThat(event.idempotencyKey()).as(as).isEqualTo(present(sent.idempotencyKey()));
    assertThat(event.traceId()).as(as).isEqualTo(present(sent.traceId()));
    assertThat(event.partitionKey()).as(as).isEqualTo(present(sent.partitionKey()));
    boolean idMade = (block.flags(i) & EventFlag.ID_MADE) != 0;
    assertThat(idMade).as(as).isEqualTo(sent.id().isEmpty());
    if (!idMade) {
      assertThat(event.eventId()).as(as).isEqualTo(sent.id());
    }
    assertThat(block.flags(i) & EventFlag.NEEDS_REPAIR).as(as).isEqualTo(sent.flags());
    assertThat(block.isLive(i)).as(as).isTrue();
    byte[] payload = Encoding.bytes(sent.payload());
    CRC32C crc = new CRC32C();
    crc.update(payload, 0, payload.length);
    assertThat(block.payloadCrc(i)).as(as).isEqualTo((int) crc.getValue());
  }

  private static void checkTime(Sent sent, EventBlock block, int i, String as) {
    boolean made = (block.flags(i) & EventFlag.TIME_MADE) != 0;
    Instant occurredAt = Event.ofMicros(block.occurredAtMicros(i));
    if (sent.time().startsWith("2025")) {
      assertThat(made).as(as).isFalse();
      assertThat(occurredAt).as(as).isEqualTo(Instant.parse(sent.time()));
      assertThat(block.optional(OptionalField.ORIGINAL_TIME, i)).as(as).isEmpty();
    } else {
      assertThat(made).as(as).isTrue();
      assertThat(occurredAt).as(as).isEqualTo(Encoding.NOW);
      assertThat(block.optional(OptionalField.ORIGINAL_TIME, i))
          .as(as)
          .isEqualTo(present(sent.time()));
    }
  }

  /// Equal texts have equal keys, different ones different keys, and no text has none.
  private static void checkKey(
      Map<String, Long> keys, String kindAndText, String text, long high, long low, String as) {
    if (text.isEmpty()) {
      assertThat(high | low).as(as).isZero();
      return;
    }
    assertThat(high).as(as).isNotEqualTo(low).isNotZero();
    Long before = keys.putIfAbsent(kindAndText, high);
    assertThat(before == null || before == high).as(as).isTrue();
    assertThat(keys.values().stream().distinct().count()).as(as).isEqualTo(keys.size());
  }

  private static Optional<String> present(String text) {
    return Optional.of(text).filter(some -> !some.isEmpty());
  }

  private static Sent event(RandomGenerator random, boolean plain) {
    String[] times = {"", "2025-03-01T12:00:00.000001Z", "1999-01-01", "é".repeat(128), "soon"};
    return new Sent(
        "{\"a\":\"" + text(random, plain ? 200 : EVENT_BYTES_MAX - 8) + "\"}",
        random.nextBoolean() ? "" : text(random, 250) + "i",
        text(random, 250) + "t",
        plain ? "" : optional(random, "k"),
        plain ? "" : optional(random, "x"),
        plain ? "" : optional(random, "p"),
        plain ? times[random.nextInt(2)] : times[random.nextInt(times.length)],
        random.nextInt(8) << 3);
  }

  private static String optional(RandomGenerator random, String end) {
    return random.nextInt(4) == 0 ? text(random, 250) + end : "";
  }

  /// At most `bytesMax` bytes; short ones repeat, so that equal keys occur.
  private static String text(RandomGenerator random, int bytesMax) {
    int length = random.nextBoolean() ? random.nextInt(3) : random.nextInt(bytesMax / 2 + 1);
    return (random.nextBoolean() ? "é" : "ab").repeat(length).substring(0, length);
  }

  /// Each text stands inside the payload's array, in front of or behind the payload, or elsewhere.
  private static void fill(EventDraft draft, Sent sent, RandomGenerator random) {
    byte[] front = Encoding.bytes("#" + sent.id());
    byte[] payload = Encoding.bytes(sent.payload());
    byte[] behind = Encoding.bytes(sent.type());
    byte[] body = new byte[front.length + payload.length + behind.length];
    System.arraycopy(front, 0, body, 0, front.length);
    System.arraycopy(payload, 0, body, front.length, payload.length);
    System.arraycopy(behind, 0, body, front.length + payload.length, behind.length);
    draft.begin(body, front.length, front.length + payload.length);
    draft.id(body, 1, front.length);
    draft.type(body, front.length + payload.length, body.length);
    draft.flags(sent.flags());
    byte[] key = Encoding.bytes(sent.idempotencyKey());
    draft.idempotencyKey(key, 0, key.length);
    byte[] trace = Encoding.bytes(sent.traceId());
    draft.traceId(trace, 0, trace.length);
    byte[] partition = Encoding.bytes("--" + sent.partitionKey());
    draft.partitionKey(partition, 2, partition.length);
    byte[] time = Encoding.bytes(sent.time());
    if (random.nextBoolean() || time.length > 0) {
      draft.timeText(time, 0, time.length);
    }
  }
}
