package io.pulsegate.core.transform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.api.Code;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Offsets;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Slice.Run;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonFlags;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonScanner;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;

/// A run as it is after its transforms: other blocks, whose entries remember where in the log they
/// came from. What comes in is checked like anything that comes in at the front door.
final class RewrittenRun {
  /// Nothing is deduplicated by the keys in here.
  private static final EventWriter.HashKey NO_KEY = new EventWriter.HashKey(0, 0);

  /// Parts of one event.
  private static final int PARTS_MAX = 1_000;

  private final Run run;
  private final EventWriter writer;
  private final EventDraft draft = new EventDraft();
  private final JsonScanner scanner;
  private final EventWriter.Limits limits;
  private final List<Long> offsets = new ArrayList<>();
  private final Set<Long> refused = new HashSet<>();

  RewrittenRun(LaneKey lane, Run run, EventWriter.Limits limits) {
    this.run = run;
    this.limits = limits;
    this.scanner = new JsonScanner(JsonLimits.DEFAULT.withDepth(limits.depthMax()));
    EventBlock block = run.block();
    this.writer =
        new EventWriter(
            lane,
            block.source(),
            block.dialect(),
            NO_KEY,
            limits,
            Event.ofMicros(run.receivedAtMicros()),
            // Makes ids, and every event has one.
            new SplittableRandom(0),
            block.sizeBytes());
  }

  /// Takes an entry over as it is.
  Optional<Refusal> keep(int i) {
    EventBlock block = run.block();
    int from = block.payloadFrom(i);
    draft.begin(block.bytes(), from, from + block.payloadLength(i));
    draft.flags(block.flags(i));
    return write(
        i,
        block.id(i),
        block.type(i),
        Event.ofMicros(block.occurredAtMicros(i)).toString(),
        block.optional(EventBlock.OptionalField.TRACE_ID, i),
        block.optional(EventBlock.OptionalField.IDEMPOTENCY_KEY, i),
        block.optional(EventBlock.OptionalField.PARTITION_KEY, i));
  }

  /// Takes what the transforms made of an entry.
  ///
  /// @param received as it was accepted
  Optional<Refusal> add(int i, Event received, TransformEvent event) {
    return add(i, received, received.eventId(), event);
  }

  /// Takes the parts of an entry, all or none.
  ///
  /// @param received as it was accepted
  Optional<Refusal> addParts(int i, Event received, List<TransformEvent> parts) {
    if (parts.size() > PARTS_MAX) {
      return refuse(
          Code.TOO_MANY_EVENTS,
          "%d parts of one event, the limit is %d".formatted(parts.size(), PARTS_MAX));
    }
    for (int k = 0; k < parts.size(); k++) {
      Optional<Refusal> refusal = add(i, received, partId(received.eventId(), k), parts.get(k));
      if (refusal.isPresent()) {
        refused.add(run.offset(i));
        return refusal;
      }
    }
    return Optional.empty();
  }

  /// **Id, tenant and times stay as they were accepted, and what is changed is within the limits of
  /// the front door.**
  private Optional<Refusal> add(int i, Event received, String id, TransformEvent event) {
    byte[] payload;
    try {
      if (!received.equals(event.received())) {
        return refuse(Code.INVALID_FIELD, "its id, tenant, times and trace cannot be changed");
      }
      var size = new OutputSize(limits.eventBytesMax(), limits.depthMax());
      Optional<String> tooMuch = size.check(event.payload());
      if (tooMuch.isPresent()) {
        return refuse(Code.EVENT_TOO_LARGE, tooMuch.get());
      }
      payload = event.payload().json().getBytes(UTF_8);
      scanner.reset(payload, 0, payload.length);
      scanner.skipValue();
      scanner.end();
      draft.begin(payload, 0, payload.length);
      draft.flags(eventFlags(scanner.flags()));
      return write(
          i,
          id,
          event.type(),
          received.occurredAt().toString(),
          received.traceId(),
          received.idempotencyKey(),
          event.partitionKey());
    } catch (JsonException e) {
      return refuse(Code.BAD_JSON, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // A null where there can be none, from a plugin that was compiled without our checks.
      return refuse(Code.INVALID_FIELD, "it is not complete");
    }
  }

  private static Optional<Refusal> refuse(Code code, String why) {
    return Optional.of(new Refusal(0, code, why));
  }

  private Optional<Refusal> write(
      int i,
      String id,
      String type,
      String time,
      Optional<String> traceId,
      Optional<String> idempotencyKey,
      Optional<String> partitionKey) {
    set(id, draft::id);
    set(type, draft::type);
    set(time, draft::timeText);
    traceId.ifPresent(text -> set(text, draft::traceId));
    idempotencyKey.ifPresent(text -> set(text, draft::idempotencyKey));
    partitionKey.ifPresent(text -> set(text, draft::partitionKey));
    run.block()
        .optional(EventBlock.OptionalField.ORIGINAL_TIME, i)
        .ifPresent(text -> set(text, draft::originalTime));
    Optional<Refusal> refusal = writer.add(draft, 0);
    if (refusal.isEmpty()) {
      offsets.add(run.offset(i));
    }
    return refusal;
  }

  private interface Field {
    void set(byte[] bytes, int from, int to);
  }

  private static void set(String text, Field field) {
    byte[] bytes = text.getBytes(UTF_8);
    field.set(bytes, 0, bytes.length);
  }

  private static int eventFlags(int json) {
    return ((json & JsonFlags.HAS_NUL) != 0 ? EventFlag.HAS_NUL : 0)
        | ((json & JsonFlags.LONE_SURROGATE) != 0 ? EventFlag.LONE_SURROGATE : 0)
        | ((json & JsonFlags.BIG_NUMBER) != 0 ? EventFlag.BIG_NUMBER : 0);
  }

  /// The id of a part: a UUID of version 8 from the first half of SHA-256 over the place of the
  /// part (4 bytes, big endian) and the event's id, so that it is the same each time.
  static String partId(String id, int part) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(ByteBuffer.allocate(4).putInt(0, part));
      ByteBuffer hash = ByteBuffer.wrap(sha.digest(id.getBytes(UTF_8)));
      long high = (hash.getLong() & ~0xf000L) | 0x8000L;
      long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
      return new UUID(high, low).toString();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// The runs that take the place of this one.
  List<Run> finish() {
    var runs = new ArrayList<Run>();
    int at = 0;
    for (EventBlock block : writer.finish()) {
      long[] each = new long[block.count()];
      for (int i = 0; i < each.length; i++) {
        each[i] = offsets.get(at++);
      }
      runs.add(new Run(block, Offsets.of(each), run.receivedAtMicros(), 0, block.count(), refused));
    }
    return runs;
  }
}
