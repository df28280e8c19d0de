package io.pulsegate.sinks.encode;

import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventBlock.OptionalField;
import io.pulsegate.api.EventCursor;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.sinks.sql.Repair;
import java.util.Locale;

/// An event as one JSON object, the same fields as the columns of the SQL sinks:
///
/// ```
/// {"event_id":…,"tenant_id":…,"event_type":…,"occurred_at":…,"received_at":…,"payload":{…},
///  "payload_raw":…,"source":…,"dialect":…,"trace_id":…,"idempotency_key":…,"partition_key":…,"original_time":…,
///  "log_offset":…}
/// ```
///
/// The payload stands as it was sent, but for line breaks between its tokens, which become blanks:
/// so an object never spans lines. Where many readers could not take it, it is repaired as in the
/// SQL sinks, and its text as it was sent is the string `payload_raw`. Optional fields are left out
/// where the event has none.
public final class EventJson {
  private EventJson() {}

  /// Writes the event the cursor stands on.
  public static void write(JsonWriter json, EventCursor event) {
    EventBlock block = event.block();
    int i = event.index();
    json.beginObject()
        .field("event_id", block.id(i))
        .field("tenant_id", event.tenant().value())
        .field("event_type", block.type(i))
        .field("occurred_at", Event.ofMicros(block.occurredAtMicros(i)).toString())
        .field("received_at", Event.ofMicros(event.receivedAtMicros()).toString())
        .name("payload");
    int from = event.payloadFrom();
    if (Repair.isNeeded(event)) {
      json.raw(Repair.mend(event)).field("payload_raw", block.payload(i));
    } else {
      payload(json, block.bytes(), from, from + event.payloadLength());
    }
    json.field("source", block.source().text()).field("dialect", block.dialect());
    for (OptionalField field : OptionalField.values()) {
      block
          .optional(field, i)
          .ifPresent(text -> json.field(field.name().toLowerCase(Locale.ROOT), text));
    }
    json.field("log_offset", event.offset()).endObject();
  }

  /// Writes the payload `bytes[from, to)` alone, on one line.
  public static void payload(JsonWriter json, byte[] bytes, int from, int to) {
    if (!hasLineBreak(bytes, from, to)) {
      json.raw(bytes, from, to);
      return;
    }
    byte[] oneLine = new byte[to - from];
    for (int i = from; i < to; i++) {
      // Within strings JSON allows line breaks only as escapes, so that these are white space.
      oneLine[i - from] = isLineBreak(bytes[i]) ? (byte) ' ' : bytes[i];
    }
    json.raw(oneLine);
  }

  private static boolean hasLineBreak(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (isLineBreak(bytes[i])) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLineBreak(byte b) {
    return b == '\n' || b == '\r';
  }
}
