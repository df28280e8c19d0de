package io.pulsegate.dialects.kaasino;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;

/// Makes the dialect of Kaasino Pulse Collector.
public final class KaasinoDialectFactory implements DialectFactory {
  @Override
  public String name() {
    return KaasinoDialect.NAME;
  }

  @Override
  public Dialect create(DialectLimits limits) {
    return new KaasinoDialect(limits);
  }
}
