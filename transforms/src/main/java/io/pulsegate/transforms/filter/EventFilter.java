package io.pulsegate.transforms.filter;

import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.transforms.filter.EventFilterConfig.Action;

/// Keeps or drops events.
final class EventFilter implements Transform {
  private final EventFilterConfig config;

  EventFilter(EventFilterConfig config) {
    this.config = config;
  }

  @Override
  public Verdict apply(TransformEvent event) {
    boolean fits = config.test().holds(event);
    return fits == (config.action() == Action.KEEP)
        ? new Verdict.Keep(event)
        : new Verdict.Drop("filtered");
  }
}
