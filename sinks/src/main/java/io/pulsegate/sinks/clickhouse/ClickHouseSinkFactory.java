package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;

/// Makes ClickHouse sinks.
public final class ClickHouseSinkFactory implements SinkFactory<ClickHouseConfig> {
  @Override
  public ComponentSpec<ClickHouseConfig> spec() {
    return ClickHouseConfig.SPEC;
  }

  @Override
  public ClickHouseSink create(ClickHouseConfig config, SinkContext context) {
    return new ClickHouseSink(config, context);
  }
}
