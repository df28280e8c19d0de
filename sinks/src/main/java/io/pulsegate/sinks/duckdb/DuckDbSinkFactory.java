package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;

/// Makes DuckDB sinks.
public final class DuckDbSinkFactory implements SinkFactory<DuckDbConfig> {
  @Override
  public ComponentSpec<DuckDbConfig> spec() {
    return DuckDbConfig.SPEC;
  }

  @Override
  public DuckDbSink create(DuckDbConfig config, SinkContext context) {
    return new DuckDbSink(config, context);
  }
}
