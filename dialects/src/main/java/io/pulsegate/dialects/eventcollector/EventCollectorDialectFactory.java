package io.pulsegate.dialects.eventcollector;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;

/// Makes the dialect of Event Collector Service S2-14.
public final class EventCollectorDialectFactory implements DialectFactory {
  @Override
  public String name() {
    return EventCollectorDialect.NAME;
  }

  @Override
  public Dialect create(DialectLimits limits) {
    return new EventCollectorDialect(limits);
  }
}
