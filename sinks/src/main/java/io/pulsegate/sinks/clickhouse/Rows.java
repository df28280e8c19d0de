package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventBlock.OptionalField;
import io.pulsegate.api.EventCursor;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.sinks.sql.Repair;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.zip.CRC32C;

/// A batch as ClickHouse takes it: JSONEachRow, times as text in UTC, the payload as text, what an
/// event does not have as the empty text.
final class Rows {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Rows() {}

  static byte[] of(Batch batch) {
    var json = new JsonWriter(1 << 16);
    for (EventCursor event = batch.cursorOverEvents(); event.next(); ) {
      write(json, event);
    }
    return json.toByteArray();
  }

  private static void write(JsonWriter json, EventCursor event) {
    EventBlock block = event.block();
    int i = event.index();
    boolean repaired = Repair.isNeeded(event);
    String sent = block.payload(i);
    json.beginObject()
        .field("event_id", block.id(i))
        .field("tenant_id", event.tenant().value())
        .field("event_type", block.type(i))
        .field("occurred_at", TIME.format(Event.ofMicros(block.occurredAtMicros(i))))
        .field("received_at", TIME.format(Event.ofMicros(event.receivedAtMicros())))
        .field("payload", repaired ? new String(Repair.mend(event), StandardCharsets.UTF_8) : sent)
        .field("payload_raw", repaired ? sent : "")
        .field("source", block.source().text())
        .field("dialect", block.dialect());
    for (OptionalField field : OptionalField.values()) {
      json.field(field.name().toLowerCase(Locale.ROOT), block.optional(field, i).orElse(""));
    }
    json.field("log_offset", event.offset()).endObject().newLine();
  }

  /// A token for these rows of this batch: made from what they are, so that it is the same at every
  /// try and another one for any other rows.
  static String token(Batch batch, byte[] rows) {
    var crc = new CRC32C();
    crc.update(rows);
    long first = Long.MAX_VALUE;
    long last = 0;
    for (EventCursor event = batch.cursorOverEvents(); event.next(); ) {
      first = Math.min(first, event.offset());
      last = Math.max(last, event.offset());
    }
    var key = batch.cursor().key();
    return "%s_%s_%d_%d-%d_%d_%08x"
        .formatted(
            key.logId(),
            key.sink(),
            key.partition(),
            first,
            last,
            batch.events(),
            (int) crc.getValue());
  }
}
