package io.pulsegate.embedded;

import io.pulsegate.api.Event;
import java.util.ArrayList;
import java.util.List;

/// Keeps events in memory, for tests and small tools. Unbounded; forgets with the process.
public final class MemorySink implements EventHandler {
  private final List<Event> events = new ArrayList<>();

  @Override
  public synchronized void handle(Event event) {
    events.add(event);
  }

  /// What has arrived so far, in order.
  public synchronized List<Event> events() {
    return List.copyOf(events);
  }
}
