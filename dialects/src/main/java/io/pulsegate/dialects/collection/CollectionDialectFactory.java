package io.pulsegate.dialects.collection;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;

/// Makes the dialect of the Collection API.
public final class CollectionDialectFactory implements DialectFactory {
  @Override
  public String name() {
    return CollectionDialect.NAME;
  }

  @Override
  public Dialect create(DialectLimits limits) {
    return new CollectionDialect(limits);
  }
}
