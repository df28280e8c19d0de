package io.pulsegate.api;

import java.util.List;

/// What a [Transform] makes of an event.
public sealed interface Verdict {
  /// It goes on, changed or not.
  record Keep(TransformEvent event) implements Verdict {}

  /// It goes on as several. Each gets an id derived from the event's and its place in the list.
  record Split(List<TransformEvent> events) implements Verdict {
    public Split {
      events = List.copyOf(events);
    }
  }

  /// It is not wanted at this sink.
  ///
  /// @param reason a few words in snake_case, for the count of what was dropped
  record Drop(String reason) implements Verdict {}

  /// It cannot go on.
  ///
  /// @param code in snake_case, stable
  /// @param reason for a person; never a value of the payload
  /// @param retryable whether it may go better later: then the tenant waits; else the event as it
  ///   was accepted becomes a dead letter
  record Fail(String code, String reason, boolean retryable) implements Verdict {}
}
