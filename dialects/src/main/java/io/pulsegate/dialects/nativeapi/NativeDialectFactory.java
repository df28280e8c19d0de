package io.pulsegate.dialects.nativeapi;

import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;

/// Makes the native dialect.
public final class NativeDialectFactory implements DialectFactory {
  @Override
  public String name() {
    return NativeDialect.NAME;
  }

  @Override
  public Dialect create(DialectLimits limits) {
    return new NativeDialect(limits);
  }
}
