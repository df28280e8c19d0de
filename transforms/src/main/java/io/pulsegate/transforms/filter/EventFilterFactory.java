package io.pulsegate.transforms.filter;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;

/// Makes `filter`.
public final class EventFilterFactory implements TransformFactory<EventFilterConfig> {
  @Override
  public ComponentSpec<EventFilterConfig> spec() {
    return EventFilterConfig.SPEC;
  }

  @Override
  public Transform create(EventFilterConfig config, TransformContext context) {
    return new EventFilter(config);
  }
}
