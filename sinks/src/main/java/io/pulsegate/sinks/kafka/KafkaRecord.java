package io.pulsegate.sinks.kafka;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/// What a record holds of an event: the payload as it was sent, and the envelope in headers.
final class KafkaRecord {
  static final String EVENT_ID = "event_id";
  static final String EVENT_TYPE = "event_type";
  static final String TENANT_ID = "tenant_id";
  static final String OCCURRED_AT = "occurred_at";
  static final String RECEIVED_AT = "received_at";
  static final String TRACE_ID = "trace_id";

  private KafkaRecord() {}

  /// The record of the event the cursor stands on.
  static ProducerRecord<byte[], byte[]> of(
      EventCursor event, String topic, byte @Nullable [] key, long timeMillis) {
    EventBlock block = event.block();
    int i = event.index();
    List<Header> headers = new ArrayList<>(6);
    headers.add(new RecordHeader(EVENT_ID, copy(block, block.idFrom(i), block.idLength(i))));
    headers.add(new RecordHeader(EVENT_TYPE, copy(block, block.typeFrom(i), block.typeLength(i))));
    headers.add(
        new RecordHeader(TENANT_ID, event.tenant().value().getBytes(StandardCharsets.UTF_8)));
    headers.add(new RecordHeader(OCCURRED_AT, UtcText.ofMicros(block.occurredAtMicros(i))));
    headers.add(new RecordHeader(RECEIVED_AT, UtcText.ofMicros(event.receivedAtMicros())));
    int traceLength = block.optionalLength(EventBlock.OptionalField.TRACE_ID, i);
    if (traceLength > 0) {
      int from = block.optionalFrom(EventBlock.OptionalField.TRACE_ID, i);
      headers.add(new RecordHeader(TRACE_ID, copy(block, from, traceLength)));
    }
    return new ProducerRecord<>(
        topic,
        null,
        timeMillis,
        key,
        copy(block, event.payloadFrom(), event.payloadLength()),
        headers);
  }

  private static byte[] copy(EventBlock block, int from, int length) {
    return Arrays.copyOfRange(block.bytes(), from, from + length);
  }
}
