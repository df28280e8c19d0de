package io.pulsegate.sinks.webhook;

import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventBlock.OptionalField;
import io.pulsegate.api.TenantId;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.sinks.encode.EventJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// What one request carries: consecutive events of one tenant.
///
/// Its id is a hash of the tenant and the ids of its events, so that the same events have the same
/// id at every try, from every process, and two tenants' events with the same id do not.
///
/// An event is `{"type":…,"timestamp":…,"data":{…},"event_id":…,"tenant_id":…,"received_at":…}`:
/// the first three are what Standard Webhooks recommends; the data is the payload.
record Message(TenantId tenant, List<Entry> entries) {
  private static final String ID_PREFIX = "msg_";
  private static final int ID_BYTES = 16;

  Message {
    entries = List.copyOf(entries);
  }

  /// The header `webhook-id`.
  String id() {
    MessageDigest digest = sha256();
    digest.update(tenant.value().getBytes(StandardCharsets.UTF_8));
    for (Entry entry : entries) {
      EventBlock block = entry.block();
      digest.update((byte) '\n');
      digest.update(block.bytes(), block.idFrom(entry.index()), block.idLength(entry.index()));
    }
    return ID_PREFIX + HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
  }

  /// The request's body.
  ///
  /// @param array whether an array, else the one event
  byte[] body(boolean array) {
    var json = new JsonWriter(1024);
    if (array) {
      json.beginArray();
    }
    entries.forEach(entry -> write(json, entry));
    if (array) {
      json.endArray();
    }
    return json.toByteArray();
  }

  private void write(JsonWriter json, Entry entry) {
    EventBlock block = entry.block();
    int i = entry.index();
    json.beginObject()
        .field("type", block.type(i))
        .field("timestamp", Event.ofMicros(block.occurredAtMicros(i)).toString())
        .name("data");
    int from = block.payloadFrom(i);
    EventJson.payload(json, block.bytes(), from, from + block.payloadLength(i));
    json.field("event_id", block.id(i))
        .field("tenant_id", tenant.value())
        .field("received_at", Event.ofMicros(entry.receivedAtMicros()).toString());
    block.optional(OptionalField.TRACE_ID, i).ifPresent(text -> json.field("trace_id", text));
    json.endObject();
  }

  /// The message cut in two.
  List<Message> halves() {
    int half = entries.size() / 2;
    return List.of(
        new Message(tenant, entries.subList(0, half)),
        new Message(tenant, entries.subList(half, entries.size())));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
