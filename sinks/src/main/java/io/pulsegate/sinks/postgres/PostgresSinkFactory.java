package io.pulsegate.sinks.postgres;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.SinkFactory;
import io.pulsegate.sinks.sql.TableName;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Makes PostgreSQL sinks.
public final class PostgresSinkFactory implements SinkFactory<PostgresConfig> {
  /// By the database they lead to.
  private final Map<String, Connections> connections = new ConcurrentHashMap<>();

  @Override
  public ComponentSpec<PostgresConfig> spec() {
    return PostgresConfig.SPEC;
  }

  @Override
  public Optional<String> place(PostgresConfig config, Path dataFolder) {
    TableName table = config.table();
    String schema = table.schema().orElseGet(config.url()::schema);
    return Optional.of(
        "the table %s.%s of %s".formatted(schema, table.table(), config.url().place()));
  }

  @Override
  public PostgresSink create(PostgresConfig config, SinkContext context) {
    return new PostgresSink(
        config, connections.computeIfAbsent(config.url().place(), _ -> new Connections()), context);
  }
}
