package io.pulsegate.sinks.postgres;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;

/// Makes PostgreSQL sinks.
public final class PostgresSinkFactory implements SinkFactory<PostgresConfig> {
  @Override
  public ComponentSpec<PostgresConfig> spec() {
    return PostgresConfig.SPEC;
  }

  @Override
  public PostgresSink create(PostgresConfig config, SinkContext context) {
    return new PostgresSink(config, context);
  }
}
