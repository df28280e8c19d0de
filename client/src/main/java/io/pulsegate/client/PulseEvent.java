package io.pulsegate.client;

import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// One event, written as JSON while it is put together.
///
/// [PulseClient#track] copies it, so the same object may be changed and tracked again. Belongs to
/// one thread at a time. No method throws: what cannot be sent is told when it is tracked.
///
/// ```java
/// client.track(PulseEvent.of("checkout").with("amount", 12.5).with("currency", "EUR"));
/// ```
public final class PulseEvent {
  private static final int EXPECTED_BYTES = 192;

  final String type;
  final JsonBytes fields = new JsonBytes(EXPECTED_BYTES);
  @Nullable String id;
  @Nullable Instant occurredAt;
  @Nullable String idempotencyKey;
  @Nullable String partitionKey;
  @Nullable String traceId;
  private boolean unwritable;

  private PulseEvent(String type) {
    this.type = type;
  }

  /// An event of a kind, such as `checkout`: 1 to 256 bytes.
  public static PulseEvent of(String type) {
    return new PulseEvent(type);
  }

  /// An event of a kind with all of a map's entries.
  public static PulseEvent of(String type, Map<String, ?> fields) {
    var event = new PulseEvent(type);
    try {
      fields.forEach(event::with);
    } catch (RuntimeException e) { // a map that changes meanwhile
      event.unwritable = true;
    }
    return event;
  }

  /// Adds a text; a name that is added twice stands twice, and most databases keep the last.
  public PulseEvent with(String name, @Nullable String value) {
    name(name);
    if (value == null) {
      fields.plain("null");
    } else {
      fields.string(value);
    }
    return this;
  }

  /// Adds a whole number.
  public PulseEvent with(String name, long value) {
    name(name).number(value);
    return this;
  }

  /// Adds a number; `null` where it is infinite or none.
  public PulseEvent with(String name, double value) {
    name(name).number(value);
    return this;
  }

  /// Adds a number with the digits that a `float` shows.
  public PulseEvent with(String name, float value) {
    name(name).plain(Float.isFinite(value) ? Float.toString(value) : "null");
    return this;
  }

  /// Adds a truth value.
  public PulseEvent with(String name, boolean value) {
    name(name).plain(value ? "true" : "false");
    return this;
  }

  /// Adds any value: a map as an object, a collection or an array of objects as an array, a number
  /// with all its digits, whatever else by its `toString`. Up to 32 deep. Where that fails, the
  /// event is dropped as `INVALID` when it is tracked.
  public PulseEvent with(String name, @Nullable Object value) {
    try {
      if (!JsonValues.write(name(name), value, 1)) {
        unwritable = true;
      }
    } catch (RuntimeException | StackOverflowError e) { // a toString that fails, for example
      unwritable = true;
    }
    return this;
  }

  /// The event's own id, by which the server knows a repeat. Without one the client makes a UUIDv7
  /// when the event is tracked, and uses it for every try.
  public PulseEvent id(String eventId) {
    this.id = eventId;
    return this;
  }

  /// When it happened; the time of [PulseClient#track] where this is not said.
  public PulseEvent at(Instant when) {
    this.occurredAt = when;
    return this;
  }

  /// A second key by which the server knows a repeat, such as a payment's number.
  public PulseEvent idempotencyKey(String key) {
    this.idempotencyKey = key;
    return this;
  }

  /// What order is kept by, where a destination is split; Kaasino's `session_id`.
  public PulseEvent partitionKey(String key) {
    this.partitionKey = key;
    return this;
  }

  /// The trace the event belongs to.
  public PulseEvent traceId(String trace) {
    this.traceId = trace;
    return this;
  }

  /// The event as one JSON object of the native API, with an id of its own where it has none.
  ///
  /// @param now when it happened, where that is not said
  /// @throws IllegalArgumentException where it has no type, a field no name, or a value cannot be
  ///   written
  public byte[] toJson(Instant now) {
    if (!isSound()) {
      throw new IllegalArgumentException(
          "an event has a type, its fields names, and its values can be written, at most 32 deep: "
              + type);
    }
    var json = new JsonBytes(256);
    var random = ThreadLocalRandom.current();
    new Envelope(WireFormat.NATIVE, random.nextLong(), random.nextLong())
        .write(this, now.toEpochMilli(), json);
    return Arrays.copyOf(json.array(), json.size());
  }

  /// Whether it can be sent as it was put together.
  boolean isSound() {
    return !unwritable && !type.isEmpty();
  }

  private JsonBytes name(String name) {
    unwritable |= Objects.isNull(name); // callers are not all null-checked
    if (fields.size() > 0) {
      fields.raw(',');
    }
    return fields.string(Objects.requireNonNullElse(name, "")).raw(':');
  }

  /// The fields as JSON, for a debugger.
  @Override
  public String toString() {
    return type + " {" + fields + "}";
  }
}
