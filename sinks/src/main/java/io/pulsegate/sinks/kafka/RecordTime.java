package io.pulsegate.sinks.kafka;

import io.pulsegate.api.EventCursor;
import java.time.InstantSource;

/// What a record's time says. Brokers reckon a topic's retention from it.
enum RecordTime {
  /// When it was sent.
  SENT,
  /// When PulseGate received the event.
  RECEIVED,
  /// When the event says that it happened.
  OCCURRED;

  private static final long MICROS_PER_MILLI = 1_000;

  /// @return milliseconds since 1970
  long millis(EventCursor event, InstantSource clock) {
    return switch (this) {
      case SENT -> clock.millis();
      case RECEIVED -> Math.floorDiv(event.receivedAtMicros(), MICROS_PER_MILLI);
      case OCCURRED ->
          Math.max(
              0, Math.floorDiv(event.block().occurredAtMicros(event.index()), MICROS_PER_MILLI));
    };
  }
}
