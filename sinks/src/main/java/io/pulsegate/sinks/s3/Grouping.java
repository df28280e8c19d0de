package io.pulsegate.sinks.s3;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.TenantId;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.sinks.encode.EventJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;

/// Sorts a batch's events into the objects they go to.
final class Grouping {
  private static final long HOUR_MICROS = 3_600_000_000L;

  private final BucketTemplate buckets;
  private final KeyTemplate key;

  Grouping(KeyTemplate key, BucketTemplate buckets) {
    this.key = key;
    this.buckets = buckets;
  }

  private record Place(TenantId tenant, String type, long hour) {}

  private static final class Growing {
    final JsonWriter lines = new JsonWriter(1 << 12);
    Chunk.Head head;

    Growing(Chunk.Head head) {
      this.head = head;
    }
  }

  /// A chunk for each object, in the order of their first events. Each tenant has a bucket.
  List<Chunk> chunks(Batch batch) {
    var names = new HashMap<Place, String>();
    var growing = new LinkedHashMap<String, Growing>();
    for (EventCursor event = batch.cursorOverEvents(); event.next(); ) {
      String group = names.computeIfAbsent(placeOf(event), place -> name(place, event));
      var head = new Chunk.Head(group, event.offset(), event.offset(), event.receivedAtMicros());
      Growing chunk = growing.computeIfAbsent(group, _ -> new Growing(head));
      chunk.head = chunk.head.and(head);
      EventJson.write(chunk.lines, event);
      chunk.lines.newLine();
    }
    List<Chunk> chunks = new ArrayList<>();
    growing.values().forEach(each -> chunks.add(new Chunk(each.head, each.lines)));
    return chunks;
  }

  private Place placeOf(EventCursor event) {
    return new Place(
        event.tenant(),
        key.splitsByType() ? event.block().type(event.index()) : "",
        event.receivedAtMicros() / HOUR_MICROS);
  }

  private String name(Place place, EventCursor event) {
    return buckets.of(place.tenant()).orElseThrow()
        + "/"
        + key.group(place.tenant().value(), place.type(), Event.ofMicros(event.receivedAtMicros()));
  }
}
