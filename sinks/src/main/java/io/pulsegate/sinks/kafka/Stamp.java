package io.pulsegate.sinks.kafka;

import io.pulsegate.api.EventCursor;
import java.time.InstantSource;

/// Gives records their time.
record Stamp(RecordTime time, InstantSource clock) {
  long millis(EventCursor event) {
    return time.millis(event, clock);
  }
}
