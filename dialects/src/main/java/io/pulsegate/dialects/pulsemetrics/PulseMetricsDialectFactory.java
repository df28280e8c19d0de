package io.pulsegate.dialects.pulsemetrics;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;

/// Makes the dialect of PulseMetrics.
public final class PulseMetricsDialectFactory implements DialectFactory {
  @Override
  public String name() {
    return PulseMetricsDialect.NAME;
  }

  @Override
  public Dialect create(DialectLimits limits) {
    return new PulseMetricsDialect(limits);
  }
}
