package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.sinks.sql.TableName;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Makes ClickHouse sinks.
public final class ClickHouseSinkFactory implements SinkFactory<ClickHouseConfig> {
  @Override
  public ComponentSpec<ClickHouseConfig> spec() {
    return ClickHouseConfig.SPEC;
  }

  @Override
  public Optional<String> place(ClickHouseConfig config, Path dataFolder) {
    URI url = config.url();
    TableName table = config.table();
    return Optional.of(
        "the table %s.%s of %s:%d"
            .formatted(
                table.schema().orElse("default"),
                table.table(),
                String.valueOf(url.getHost()).toLowerCase(Locale.ROOT),
                url.getPort()));
  }

  @Override
  public ClickHouseSink create(ClickHouseConfig config, SinkContext context) {
    return new ClickHouseSink(config, context);
  }
}
