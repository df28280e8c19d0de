package io.pulsegate.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pulsegate.api.EventBlock.OptionalField;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventWriterTest {
  @Test
  void keepsATextThatLiesInThePayloadOnlyOnce() {
    byte[] body = Encoding.bytes("{\"event_type\":\"signup\",\"event_id\":\"e-1\"}");
    EventDraft draft = new EventDraft();
    draft.begin(body, 0, body.length);
    draft.type(body, 15, 21);
    draft.id(body, 35, 38);
    EventBlock inside = Encoding.encode(draft);
    draft.type(Encoding.bytes("signup"), 0, 6);
    EventBlock outside = Encoding.encode(draft);

    assertThat(inside.type(0)).isEqualTo("signup").isEqualTo(outside.type(0));
    assertThat(inside.id(0)).isEqualTo("e-1").isEqualTo(outside.id(0));
    assertThat(inside.typeFrom(0)).isEqualTo(inside.payloadFrom(0) + 15);
    assertThat(outside.typeFrom(0)).isEqualTo(outside.payloadFrom(0) + body.length);
  }

  @Test
  void takesAnEventOfExactlyTheLimitAndNoneLarger() {
    int max = Encoding.LIMITS.eventBytesMax();
    String exact = "{\"a\":\"" + "x".repeat(max - 8) + "\"}";
    EventWriter writer = Encoding.writer(Encoding.LIMITS);

    assertThat(writer.add(Encoding.draft(exact, "t"), 0)).isEmpty();
    assertThat(writer.add(Encoding.draft(" " + exact, "t"), 1))
        .contains(
            new Refusal(
                1,
                Code.EVENT_TOO_LARGE,
                "the event has %d bytes, the limit is %d".formatted(max + 1, max)));
    assertThat(writer.add(Encoding.draft("{}", "t"), 2)).isEmpty();

    List<EventBlock> blocks = writer.finish();
    assertThat(blocks.getFirst().payload(0)).isEqualTo(exact);
    assertThat(blocks.stream().mapToInt(EventBlock::count).sum()).isEqualTo(2);
  }

  @Test
  void keepsEveryBlockWithinTheLimitWhereAllTextsAreAsLongAsTheyMayBe() {
    EventWriter.Limits limits = new EventWriter.Limits(1_000, 1_000 + 16_384);
    // Payloads of every length, so that some block would be filled to its last byte.
    for (int payloadBytes = 2; payloadBytes < 600; payloadBytes++) {
      EventWriter writer = Encoding.writer(limits);
      for (int i = 0; i < 12; i++) {
        assertThat(writer.add(longTexts(payloadBytes), i)).isEmpty();
      }
      assertThat(writer.finish())
          .allSatisfy(
              block -> assertThat(block.sizeBytes()).isLessThanOrEqualTo(limits.blockBytesMax()));
    }
  }

  private static EventDraft longTexts(int payloadBytes) {
    byte[] text = Encoding.bytes("x".repeat(256));
    EventDraft draft = Encoding.draft(" ".repeat(payloadBytes), "x".repeat(256));
    draft.id(text, 0, 256);
    draft.idempotencyKey(text, 0, 256);
    draft.traceId(text, 0, 256);
    draft.partitionKey(text, 0, 256);
    draft.timeText(text, 0, 256);
    return draft;
  }

  @Test
  void beginsAnotherBlockWhereOneIsFull() {
    EventWriter writer = Encoding.writer(new EventWriter.Limits(10_000, 10_000 + 16_384));
    for (int i = 0; i < 10; i++) {
      assertThat(writer.add(Encoding.draft(" ".repeat(9_000), "t" + i), i)).isEmpty();
    }
    List<EventBlock> blocks = writer.finish();
    assertThat(blocks).extracting(EventBlock::count).containsExactly(2, 2, 2, 2, 2);
    assertThat(blocks.getLast().type(1)).isEqualTo("t9");
  }

  @Test
  void beginsAnotherBlockBehindAsManyEventsAsCanBeCounted() {
    EventWriter.Limits limits = new EventWriter.Limits(10, 64 << 20);
    EventWriter writer = Encoding.writer(limits);
    EventDraft draft = Encoding.draft("{}", "t");
    for (int i = 0; i < 65_537; i++) {
      assertThat(writer.add(draft, i)).isEmpty();
    }
    assertThat(writer.finish()).extracting(EventBlock::count).containsExactly(65_535, 2);
  }

  @Test
  void widensTheIndexWhereALaterEventNeedsIt() {
    EventWriter writer = Encoding.writer(Encoding.LIMITS);
    List<String> types = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      EventDraft draft = Encoding.draft("{\"i\":" + i + "}", "t" + i);
      if (i == 57) {
        draft.traceId(Encoding.bytes("trace"), 0, 5);
      }
      assertThat(writer.add(draft, i)).isEmpty();
      types.add("t" + i);
    }
    EventBlock block = writer.finish().getFirst();

    for (int i = 0; i < 100; i++) {
      assertThat(block.type(i)).isEqualTo(types.get(i));
      assertThat(block.payload(i)).isEqualTo("{\"i\":" + i + "}");
      assertThat(block.optional(OptionalField.TRACE_ID, i))
          .isEqualTo(i == 57 ? Optional.of("trace") : Optional.empty());
      assertThat(block.optional(OptionalField.IDEMPOTENCY_KEY, i)).isEmpty();
      assertThat(block.idempotencyKeyHigh(i) | block.idempotencyKeyLow(i)).isZero();
    }
  }

  @Test
  void spendsTheWideIndexOnlyWhereItIsNeeded() {
    EventDraft plain = Encoding.draft("{}", "t");
    plain.timeText(Encoding.bytes("2025-06-01"), 0, 10);
    EventDraft clamped = Encoding.draft("{}", "t");
    clamped.timeText(Encoding.bytes("tomorrow"), 0, 8);

    assertThat(Encoding.encode(plain).optionalLength(OptionalField.ORIGINAL_TIME, 0)).isZero();
    assertThat(Encoding.encode(clamped).sizeBytes() - Encoding.encode(plain).sizeBytes())
        .isEqualTo(104 - 56 + 8);
  }

  @Test
  void leavesNothingOfARefusedEvent() {
    EventWriter writer = Encoding.writer(Encoding.LIMITS);
    assertThat(writer.add(Encoding.draft("{\"a\":1}", "a"), 0)).isEmpty();
    assertThat(writer.add(Encoding.draft("{\"b\":1}", ""), 1))
        .hasValueSatisfying(
            refusal -> assertThat(refusal.code()).isEqualTo(Code.MISSING_EVENT_TYPE));
    assertThat(writer.add(Encoding.draft("{\"b\":2}", "a\u0000b"), 2))
        .contains(new Refusal(2, Code.INVALID_FIELD, "event_type holds a control character"));
    assertThat(writer.add(Encoding.draft("{\"c\":1}", "c"), 3)).isEmpty();

    EventBlock block = writer.finish().getFirst();
    assertThat(writer.size()).isEqualTo(2);
    assertThat(block.count()).isEqualTo(2);
    assertThat(block.payload(1)).isEqualTo("{\"c\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "idempotencyKey", "traceId", "partitionKey", "type"})
  void refusesTextsThatAreTooLongOrHoldControlCharacters(String field) {
    for (String bad : new String[] {"x".repeat(257), "a\u001fb", "\u007f", "\t"}) {
      EventDraft draft = Encoding.draft("{}", "t");
      byte[] text = Encoding.bytes(bad);
      switch (field) {
        case "id" -> draft.id(text, 0, text.length);
        case "idempotencyKey" -> draft.idempotencyKey(text, 0, text.length);
        case "traceId" -> draft.traceId(text, 0, text.length);
        case "partitionKey" -> draft.partitionKey(text, 0, text.length);
        default -> draft.type(text, 0, text.length);
      }
      assertThat(Encoding.writer(Encoding.LIMITS).add(draft, 4))
          .hasValueSatisfying(refusal -> {
            assertThat(refusal.index()).isEqualTo(4);
            assertThat(refusal.code()).isEqualTo(Code.INVALID_FIELD);
          });
    }
  }

  @Test
  void refusesATimeWithControlCharacters() {
    EventDraft draft = Encoding.draft("{}", "t");
    draft.timeText(Encoding.bytes("2025\n"), 0, 5);
    assertThat(Encoding.writer(Encoding.LIMITS).add(draft, 0))
        .contains(new Refusal(0, Code.INVALID_FIELD, "the event's time holds a control character"));
  }

  @Test
  void cutsALongOriginalTimeBetweenTwoCharacters() {
    for (int shift = 0; shift < 4; shift++) {
      String time = "x".repeat(shift) + "😀".repeat(100);
      EventDraft draft = Encoding.draft("{}", "t");
      draft.timeText(Encoding.bytes(time), 0, Encoding.bytes(time).length);
      EventBlock block = Encoding.encode(draft);

      String kept = block.optional(OptionalField.ORIGINAL_TIME, 0).orElseThrow();
      assertThat(time).startsWith(kept);
      assertThat(Encoding.bytes(kept).length).isBetween(253, 256);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2000-01-01T00:00:00Z",
        "2025-06-02T12:00:00.123456Z",
        "2025-06-01T12:00:00Z",
        "2008-12-31T23:59:60Z"
      })
  void takesATimeWithinTheBounds(String time) {
    EventDraft draft = Encoding.draft("{}", "t");
    draft.timeText(Encoding.bytes(time), 0, time.length());
    assertThat(Encoding.encode(draft).flags(0) & EventFlag.TIME_MADE).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1999-12-31T23:59:59.999999Z", "2025-06-02T12:00:00.123457Z", "0000-01-01", "?"})
  void replacesATimeOutsideTheBounds(String time) {
    EventDraft draft = Encoding.draft("{}", "t");
    draft.timeText(Encoding.bytes(time), 0, time.length());
    EventBlock block = Encoding.encode(draft);

    assertThat(block.flags(0) & EventFlag.TIME_MADE).isNotZero();
    assertThat(Event.ofMicros(block.occurredAtMicros(0))).isEqualTo(Encoding.NOW);
    assertThat(block.optional(OptionalField.ORIGINAL_TIME, 0)).contains(time);
  }

  @Test
  void makesIdsThatAreNotDeduplicatedBy() {
    EventBlock block = Encoding.block("a", "b");

    assertThat(block.id(0))
        .isNotEqualTo(block.id(1))
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    long millis = Long.parseLong(block.id(0).replace("-", "").substring(0, 12), 16);
    assertThat(millis).isEqualTo(Encoding.NOW.toEpochMilli());
    assertThat(block.flags(0) & EventFlag.ID_MADE).isNotZero();
    assertThat(block.idKeyHigh(0) | block.idKeyLow(0)).isZero();
  }

  @Test
  void keysAnIdByTenantIncarnationKindAndSecret() {
    EventBlock demo = keyed(Encoding.DEMO, Encoding.KEY);
    List<EventBlock> others =
        List.of(
            keyed(new LaneKey(new TenantId("demo"), 2), Encoding.KEY),
            keyed(new LaneKey(new TenantId("other"), 1), Encoding.KEY),
            keyed(Encoding.DEMO, new EventWriter.HashKey(11, 23)),
            keyed(Encoding.DEMO, new EventWriter.HashKey(12, 22)));

    EventBlock again = keyed(Encoding.DEMO, Encoding.KEY);
    assertThat(again.idKeyHigh(0)).isEqualTo(demo.idKeyHigh(0));
    assertThat(again.idKeyLow(0)).isEqualTo(demo.idKeyLow(0));
    assertThat(others)
        .allSatisfy(other -> {
          assertThat(other.idKeyHigh(0)).isNotEqualTo(demo.idKeyHigh(0));
          assertThat(other.idempotencyKeyHigh(0)).isNotEqualTo(demo.idempotencyKeyHigh(0));
        });
    // The same text as an id and as an idempotency key are two things.
    assertThat(demo.idKeyHigh(0)).isNotEqualTo(demo.idempotencyKeyHigh(0));
  }

  private static EventBlock keyed(LaneKey lane, EventWriter.HashKey key) {
    EventDraft draft = Encoding.draft("{}", "t");
    draft.id(Encoding.bytes("same"), 0, 4);
    draft.idempotencyKey(Encoding.bytes("same"), 0, 4);
    return Encoding.encode(Encoding.writer(lane, key, Encoding.LIMITS), draft);
  }

  @Test
  void forgetsEverythingAtARestart() {
    EventWriter writer = Encoding.writer(new EventWriter.Limits(10_000, 10_000 + 16_384));
    for (int i = 0; i < 10; i++) {
      EventDraft draft = Encoding.draft(" ".repeat(9_000), "old");
      draft.traceId(Encoding.bytes("x"), 0, 1);
      assertThat(writer.add(draft, i)).isEmpty();
    }
    writer.restart();
    assertThat(writer.size()).isZero();
    assertThat(writer.add(Encoding.draft("{}", "new"), 0)).isEmpty();

    List<EventBlock> blocks = writer.finish();
    assertThat(blocks).hasSize(1);
    assertThat(blocks.getFirst().count()).isEqualTo(1);
    assertThat(blocks.getFirst().type(0)).isEqualTo("new");
    assertThat(blocks.getFirst().optional(OptionalField.TRACE_ID, 0)).isEmpty();
  }

  @Test
  void endsARequestWithoutEventsWithoutABlock() {
    assertThat(Encoding.writer(Encoding.LIMITS).finish()).isEmpty();
    assertThat(Encoding.writer(Encoding.LIMITS).tenant()).isEqualTo(Encoding.DEMO.tenant());
  }

  @Test
  void marksADuplicateAndNothingElse() {
    EventBlock block = Encoding.block("a", "b", "c");
    int before = block.flags(1);
    block.markDuplicate(1);

    assertThat(block.isLive(0)).isTrue();
    assertThat(block.isLive(1)).isFalse();
    assertThat(block.isLive(2)).isTrue();
    assertThat(block.flags(1)).isEqualTo(before | EventFlag.DUPLICATE);
    assertThat(block.type(1)).isEqualTo("b");
  }

  @Test
  void refusesLimitsThatNoEventFitsIn() {
    assertThatThrownBy(() -> new EventWriter.Limits(1_000, 17_383))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new EventWriter.Limits(0, 17_384))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
