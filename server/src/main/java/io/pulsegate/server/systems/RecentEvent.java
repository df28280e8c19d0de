package io.pulsegate.server.systems;

import io.pulsegate.api.Event;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One event as the Collection API shows it: what it is attributed to, and the fields that its
/// payload has of that system, whichever wire format it came in.
final class RecentEvent {
  private static final List<String> LIFTED =
      List.of("sessionId", "visitorId", "siteId", "timestamp", "eventData");
  private static final JsonNames NAMES = JsonNames.of(LIFTED.toArray(String[]::new));

  /// Deeper than any document that comes this far.
  private static final JsonLimits LIMITS =
      new JsonLimits(1_000, JsonLimits.DEFAULT.nameBytesMax(), JsonLimits.DEFAULT.numberBytesMax());

  private RecentEvent() {}

  static void write(JsonWriter json, Event event) {
    byte[] payload = event.payload().getBytes(StandardCharsets.UTF_8);
    json.beginObject()
        .field("id", event.eventId())
        .field("eventType", event.eventType())
        .field("client_id", event.tenantId().value())
        .field("created_at", event.receivedAt().toString())
        .field("occurred_at", event.occurredAt().toString())
        .field("dialect", event.dialect());
    lift(json, payload);
    json.name("payload").raw(payload).endObject();
  }

  private static void lift(JsonWriter json, byte[] payload) {
    JsonScanner scanner = new JsonScanner(LIMITS);
    scanner.reset(payload, 0, payload.length);
    if (scanner.peek() != JsonKind.OBJECT) {
      return;
    }
    int seen = 0;
    scanner.enterObject();
    while (scanner.nextField()) {
      int field = scanner.fieldIn(NAMES);
      if (field >= 0 && (seen & 1 << field) == 0) {
        seen |= 1 << field;
        JsonKind _ = scanner.skipValue();
        json.name(LIFTED.get(field)).raw(payload, scanner.valueStart(), scanner.valueEnd());
      }
    }
  }
}
