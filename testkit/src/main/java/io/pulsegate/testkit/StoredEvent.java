package io.pulsegate.testkit;

import java.time.Instant;
import java.util.Optional;

/// One event as a test finds it at a destination.
///
/// @param payload as the destination gives it back, which may have other white space
/// @param payloadRaw the bytes as they were sent, where the destination had to repair them
public record StoredEvent(
    String tenant,
    long offset,
    String eventId,
    String type,
    Instant occurredAt,
    Instant receivedAt,
    String payload,
    Optional<String> payloadRaw,
    String source,
    String dialect,
    Optional<String> traceId,
    Optional<String> idempotencyKey,
    Optional<String> partitionKey,
    Optional<String> originalTime) {

  /// The payload without blanks.
  public String compactPayload() {
    return payload.replace(" ", "");
  }
}
