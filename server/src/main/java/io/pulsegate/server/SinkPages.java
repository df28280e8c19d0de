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

  private static void summary(JsonWriter json, SinkStatus sink) {
    json.field("name", sink.name())
        .field("state", sink.state().name().toLowerCase(Locale.ROOT))
        .field("lag_events", sink.lagEvents())
        .field("lag_seconds", sink.lagSeconds())
        .field("reason", sink.reason())
        .field("unaccounted_events", sink.unaccounted());
  }
}
