package io.pulsegate.embedded;

import io.pulsegate.api.Event;

/// A sink in code: is handed each event, in the order of the log, one at a time.
///
/// When it returns, the event is delivered. When it throws, the event comes again after a while,
/// and so does everything behind it; [RejectedEventException] alone makes it a dead letter. After a
/// crash the last events may come a second time: [Event#eventId] tells.
@FunctionalInterface
public interface EventHandler {
  /// Takes an event. An interrupt means that it took too long.
  void handle(Event event) throws Exception;
}
