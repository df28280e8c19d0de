package io.pulsegate.sinks.kafka;

import io.pulsegate.api.Event;
import io.pulsegate.api.LetterCopy;
import io.pulsegate.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// A dead letter as a record: JSON with the event, what went wrong, how often it was tried and when
/// it failed. Its key is the event's id.
final class LetterRecord {
  private LetterRecord() {}

  /// @param whole false leaves the payload out, for a topic that does not take as much
  static ProducerRecord<byte[], byte[]> of(
      LetterCopy letter, String topic, boolean whole, InstantSource clock) {
    Event event = letter.event();
    List<Header> headers =
        List.of(
            header(KafkaRecord.EVENT_ID, event.eventId()),
            header(KafkaRecord.EVENT_TYPE, event.eventType()),
            header(KafkaRecord.TENANT_ID, event.tenantId().value()));
    return new ProducerRecord<>(
        topic, null, clock.millis(), utf8(event.eventId()), json(letter, whole), headers);
  }

  private static byte[] json(LetterCopy letter, boolean whole) {
    Event event = letter.event();
    var json = new JsonWriter(512 + (whole ? event.payload().length() : 0));
    json.beginObject()
        .field("letter_id", letter.id())
        .field("event_id", event.eventId())
        .field("tenant_id", event.tenantId().value())
        .field("event_type", event.eventType())
        .field("occurred_at", event.occurredAt().toString())
        .field("received_at", event.receivedAt().toString());
    json.name("original_event");
    if (whole) {
      json.raw(utf8(event.payload()));
    } else {
      json.nullValue();
    }
    json.name("error")
        .beginObject()
        .field("code", letter.code())
        .field("reason", letter.reason())
        .field("stage", letter.stage())
        .field("component", letter.component())
        .field("sink", letter.sink())
        .endObject();
    return json.field("retry_count", letter.attempts())
        .field("first_failure_timestamp", letter.firstFailure().toString())
        .field("failure_timestamp", letter.lastFailure().toString())
        .endObject()
        .toByteArray();
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, utf8(value));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
