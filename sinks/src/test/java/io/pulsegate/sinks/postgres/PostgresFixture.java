package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkContext;
import io.pulsegate.testkit.FakeClock;
import io.pulsegate.testkit.StoredEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sinks on a database of a test, and what is in it.
final class PostgresFixture {
  private PostgresFixture() {}

  static PostgresSink sink(String url) {
    return sink(url, Map.of());
  }

  static PostgresSink sink(String url, Map<String, String> settings) {
    return sink(url, settings, FakeClock.atNoon());
  }

  static PostgresConfig config(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.putIfAbsent("url", "postgres://nobody@127.0.0.1:1/none");
    return PostgresConfig.SPEC.reader().apply(new Settings(all));
  }

  static PostgresSink sink(String url, Map<String, String> settings, InstantSource clock) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("url", url);
    return new PostgresSinkFactory()
        .create(
            config(all), new SinkContext("test", Path.of("unused"), 64 << 20, clock, Metrics.NONE));
  }

  static List<StoredEvent> stored(Connection connection) throws SQLException {
    List<StoredEvent> events = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet exists = statement.executeQuery("SELECT to_regclass('events') IS NOT NULL")) {
      exists.next();
      if (!exists.getBoolean(1)) {
        return events;
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT *, convert_from(payload_raw, 'UTF8') AS raw FROM events ORDER BY log_offset")) {
      while (row.next()) {
        events.add(
            new StoredEvent(
                row.getString("tenant_id"),
                row.getLong("log_offset"),
                row.getString("event_id"),
                row.getString("event_type"),
                row.getObject("occurred_at", Timestamp.class).toInstant(),
                row.getObject("received_at", Timestamp.class).toInstant(),
                row.getString("payload"),
                Optional.ofNullable(row.getString("raw")),
                row.getString("source"),
                row.getString("dialect"),
                Optional.ofNullable(row.getString("trace_id")),
                Optional.ofNullable(row.getString("idempotency_key")),
                Optional.ofNullable(row.getString("partition_key")),
                Optional.ofNullable(row.getString("original_time"))));
      }
    }
    return events;
  }
}
