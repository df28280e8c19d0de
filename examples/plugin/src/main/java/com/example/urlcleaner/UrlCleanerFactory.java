package com.example.urlcleaner;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformContext;
import io.pulsegate.api.TransformFactory;

/// Makes `url_cleaner`; named in `META-INF/services/io.pulsegate.api.TransformFactory`.
public final class UrlCleanerFactory implements TransformFactory<UrlCleanerConfig> {
  @Override
  public ComponentSpec<UrlCleanerConfig> spec() {
    return UrlCleanerConfig.SPEC;
  }

  @Override
  public Transform create(UrlCleanerConfig config, TransformContext context) {
    return new UrlCleaner(config);
  }
}
