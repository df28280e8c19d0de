package io.pulsegate.sinks.s3;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;

/// Makes S3 sinks.
public final class S3SinkFactory implements SinkFactory<S3Config> {
  @Override
  public ComponentSpec<S3Config> spec() {
    return S3Config.SPEC;
  }

  @Override
  public S3Sink create(S3Config config, SinkContext context) {
    return new S3Sink(config, context);
  }
}
