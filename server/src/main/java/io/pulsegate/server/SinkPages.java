package io.pulsegate.server;

import io.pulsegate.core.SinkStatus;
import io.pulsegate.json.JsonWriter;
import java.util.List;
import java.util.Locale;

/// Sinks' states as JSON.
final class SinkPages {
  private SinkPages() {}

  /// What a probe needs: name, state, lag, reason.
  static void write(JsonWriter json, List<SinkStatus> sinks) {
    json.beginArray();
    for (SinkStatus sink : sinks) {
      summary(json.beginObject(), sink);
      json.endObject();
    }
    json.endArray();
  }

  /// All that is known.
  static void writeWhole(JsonWriter json, List<SinkStatus> sinks) {
    json.beginArray();
    for (SinkStatus sink : sinks) {
      summary(json.beginObject(), sink);
      json.field("head", sink.head())
          .field("lag_bytes", sink.lagBytes())
          .field("delivered", sink.delivered())
          .field("dead_lettered", sink.deadLettered())
          .field("dropped", sink.dropped());
      sink.lastError().ifPresent(error -> json.field("last_error", error));
      json.name("stragglers").beginArray();
      for (SinkStatus.Straggler straggler : sink.stragglers()) {
        json.beginObject()
            .field("tenant", straggler.lane())
            .field("from", straggler.from())
            .field("reason", straggler.reason())
            .endObject();
      }
      json.endArray().endObject();
    }
    json.endArray();
  }

  private static void summary(JsonWriter json, SinkStatus sink) {
    json.field("name", sink.name())
        .field("state", sink.state().name().toLowerCase(Locale.ROOT))
        .field("lag_events", sink.lagEvents())
        .field("lag_seconds", sink.lagSeconds())
        .field("reason", sink.reason());
  }
}
