package io.pulsegate.client;

import java.time.Duration;

/// What went wrong while sending, for [PulseClientBuilder#onError].
public sealed interface PulseError {
  /// One line for a person: no keys, no event content.
  String text();

  /// The server refused an event for good. It is not sent again.
  ///
  /// @param eventId the event's id
  /// @param event the event as it was sent, JSON
  /// @param status HTTP status of the reply
  /// @param code stable, such as `missing_event_type`; empty where the reply named none
  /// @param reason for a person
  record Refused(String eventId, String event, int status, String code, String reason)
      implements PulseError {
    @Override
    public String text() {
      return "the server refused event %s for good: status %d, code %s, %s"
          .formatted(eventId, status, code.isEmpty() ? "none" : code, reason);
    }
  }

  /// A request did not succeed. Its events are kept and sent again.
  ///
  /// @param attempt how often in a row, from 1
  /// @param nextTry time until the next try
  /// @param needsPerson whether somebody has to mend something, such as a wrong key or address
  record Delayed(int attempt, Duration nextTry, boolean needsPerson, String reason)
      implements PulseError {
    @Override
    public String text() {
      return "sending failed (attempt %d, next in %d ms)%s: %s"
          .formatted(
              attempt,
              nextTry.toMillis(),
              needsPerson ? ", somebody has to look at it" : "",
              reason);
    }
  }

  /// The spool's folder cannot be used as it should. Events that it holds are kept.
  record SpoolTrouble(String reason) implements PulseError {
    @Override
    public String text() {
      return "the spool: " + reason;
    }
  }
}
