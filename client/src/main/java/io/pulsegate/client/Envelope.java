package io.pulsegate.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.util.SplittableRandom;

/// Writes an event as the server takes it. In the native format the application's fields stand
/// inside `payload`, so that no name of theirs can meet one of ours. Guarded by the outbox's lock.
final class Envelope {
  private static final byte[] TYPE = "{\"event_type\":".getBytes(US_ASCII);
  private static final byte[] ID = ",\"event_id\":".getBytes(US_ASCII);
  private static final byte[] OCCURRED_AT = ",\"occurred_at\":".getBytes(US_ASCII);
  private static final byte[] TIME = ",\"time\":".getBytes(US_ASCII);
  private static final byte[] IDEMPOTENCY = ",\"idempotency_key\":".getBytes(US_ASCII);
  private static final byte[] PARTITION = ",\"partition_key\":".getBytes(US_ASCII);
  private static final byte[] SESSION = ",\"session_id\":".getBytes(US_ASCII);
  private static final byte[] TRACE = ",\"trace_id\":".getBytes(US_ASCII);
  private static final byte[] PAYLOAD = ",\"payload\":{".getBytes(US_ASCII);

  private final WireFormat format;
  private final SplittableRandom high;
  private final SplittableRandom low;

  /// @param highSeed of half of the ids' random bits, from the system's entropy: two clients must
  ///   not make the same ids
  Envelope(WireFormat format, long highSeed, long lowSeed) {
    this.format = format;
    this.high = new SplittableRandom(highSeed);
    this.low = new SplittableRandom(lowSeed);
  }

  void write(PulseEvent event, long nowMillis, JsonBytes out) {
    out.clear();
    out.ascii(TYPE).string(event.type).ascii(ID);
    if (event.id == null || event.id.isEmpty()) {
      out.uuid7(nowMillis, high.nextLong(), low.nextLong());
    } else {
      out.string(event.id);
    }
    switch (format) {
      case NATIVE -> nativeFields(event, nowMillis, out);
      case KAASINO -> kaasinoFields(event, nowMillis, out);
    }
  }

  private static void nativeFields(PulseEvent event, long nowMillis, JsonBytes out) {
    Instant at = event.occurredAt;
    out.ascii(OCCURRED_AT);
    if (at == null) {
      out.number(nowMillis);
    } else {
      out.raw('"').plain(at.toString()).raw('"');
    }
    if (event.idempotencyKey != null) {
      out.ascii(IDEMPOTENCY).string(event.idempotencyKey);
    }
    if (event.partitionKey != null) {
      out.ascii(PARTITION).string(event.partitionKey);
    }
    if (event.traceId != null) {
      out.ascii(TRACE).string(event.traceId);
    }
    out.ascii(PAYLOAD).bytes(event.fields.array(), event.fields.size()).raw('}').raw('}');
  }

  private static void kaasinoFields(PulseEvent event, long nowMillis, JsonBytes out) {
    Instant at = event.occurredAt == null ? Instant.ofEpochMilli(nowMillis) : event.occurredAt;
    out.ascii(TIME).raw('"').plain(at.toString()).raw('"');
    if (event.partitionKey != null) {
      out.ascii(SESSION).string(event.partitionKey);
    }
    if (event.fields.size() > 0) {
      out.raw(',').bytes(event.fields.array(), event.fields.size());
    }
    out.raw('}');
  }
}
