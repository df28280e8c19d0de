package io.pulsegate.api;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// One canonical event as an object: made only where one is asked for (dead letters, transforms).
///
/// @param payload valid JSON, exactly as it was sent
public record Event(
    String eventId,
    TenantId tenantId,
    String eventType,
    Instant occurredAt,
    Instant receivedAt,
    String payload,
    Source source,
    String dialect,
    Optional<String> traceId,
    Optional<String> idempotencyKey,
    Optional<String> partitionKey) {

  /// Event `i` of a block.
  public static Event of(EventBlock block, int i, TenantId tenant, long receivedAtMicros) {
    return new Event(
        block.id(i),
        tenant,
        block.type(i),
        ofMicros(block.occurredAtMicros(i)),
        ofMicros(receivedAtMicros),
        block.payload(i),
        block.source(),
        block.dialect(),
        block.optional(EventBlock.OptionalField.TRACE_ID, i),
        block.optional(EventBlock.OptionalField.IDEMPOTENCY_KEY, i),
        block.optional(EventBlock.OptionalField.PARTITION_KEY, i));
  }

  /// The instant that many microseconds after 1970.
  public static Instant ofMicros(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
