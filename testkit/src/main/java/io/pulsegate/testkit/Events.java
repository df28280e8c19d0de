package io.pulsegate.testkit;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/// Builds one tenant's block of test events with the writer that intake uses.
///
/// ```java
/// Frame frame = Events.of("demo").add("a-1", "page_view", "{\"x\":1}").frame();
/// ```
public final class Events {
  /// When test events are received, unless said otherwise.
  public static final Instant RECEIVED = Instant.parse("2026-03-10T12:00:00Z");

  private static final EventWriter.Limits LIMITS = new EventWriter.Limits(2 << 20, 48 << 20);
  private static final int PAYLOAD_FLAGS_SHIFT = Integer.numberOfTrailingZeros(EventFlag.HAS_NUL);

  private final LaneKey lane;
  private final Instant received;
  private final EventWriter writer;
  private final EventDraft draft = new EventDraft();

  private Events(LaneKey lane, Instant received) {
    this.lane = lane;
    this.received = received;
    this.writer =
        new EventWriter(
            lane,
            Source.HTTP,
            "native",
            new EventWriter.HashKey(1, 2),
            LIMITS,
            received,
            Seeds.random(lane.hashCode()),
            4_096);
  }

  /// Events of a tenant's first incarnation, received at [#RECEIVED].
  public static Events of(String tenant) {
    return of(tenant, RECEIVED);
  }

  /// Events of a tenant's first incarnation.
  public static Events of(String tenant, Instant received) {
    return new Events(new LaneKey(new TenantId(tenant), 1), received);
  }

  /// `count` events with the ids `prefix-0`, `prefix-1` and so on, and small payloads.
  public static Frame numbered(String tenant, String prefix, int count) {
    Events events = of(tenant);
    for (int i = 0; i < count; i++) {
      events.add(prefix + "-" + i, "numbered", "{\"n\":" + i + "}");
    }
    return events.frame();
  }

  /// An event that needs no repair.
  public Events add(String id, String type, String payload) {
    return add(id, type, payload, 0, extra -> {});
  }

  /// An event with flags as [EventFlag] has them, and whatever else `extra` sets.
  public Events add(String id, String type, String payload, int flags, Consumer<EventDraft> extra) {
    byte[] bytes = bytes(payload);
    draft.begin(bytes, 0, bytes.length);
    draft.flags(flags);
    byte[] idBytes = bytes(id);
    draft.id(idBytes, 0, idBytes.length);
    byte[] typeBytes = bytes(type);
    draft.type(typeBytes, 0, typeBytes.length);
    extra.accept(draft);
    writer
        .add(draft, writer.size())
        .ifPresent(refusal -> {
          throw new IllegalArgumentException("refused: " + refusal);
        });
    return this;
  }

  /// The block, as one frame of the log.
  public Frame frame() {
    List<EventBlock> blocks = writer.finish();
    if (blocks.size() != 1) {
      throw new IllegalStateException("the events make " + blocks.size() + " blocks, not one");
    }
    return new Frame(
        lane,
        blocks.getFirst(),
        received.getEpochSecond() * 1_000_000 + received.getNano() / 1_000);
  }

  /// The flags of an event for what a scanner found in its payload.
  public static int flagsOf(int scannerFlags) {
    return scannerFlags << PAYLOAD_FLAGS_SHIFT;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// One tenant's block with the time it was appended.
  public record Frame(LaneKey lane, EventBlock block, long receivedAtMicros) {}
}
