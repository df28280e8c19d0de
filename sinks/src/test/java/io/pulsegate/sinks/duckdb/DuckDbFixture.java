package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Queryable.Answer;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkContext;
import io.pulsegate.testkit.FakeClock;
import io.pulsegate.testkit.StoredEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sinks on a file of a test, and what is in it.
final class DuckDbFixture {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private DuckDbFixture() {}

  static DuckDbSink sink(Path folder) {
    return sink(folder, Map.of());
  }

  static DuckDbSink sink(Path folder, Map<String, String> settings) {
    return sink(folder, settings, 0);
  }

  static DuckDbSink sink(Path folder, Map<String, String> settings, long diskKeepBytes) {
    return new DuckDbSinkFactory()
        .create(
            DuckDbConfig.SPEC.reader().apply(new Settings(settings)),
            new SinkContext(
                "test", folder, 256 << 20, diskKeepBytes, FakeClock.atNoon(), Metrics.NONE));
  }

  static List<StoredEvent> stored(Path folder) throws InterruptedException {
    try (DuckDbSink sink = sink(folder)) {
      return stored(sink);
    }
  }

  static List<StoredEvent> stored(DuckDbSink sink) throws InterruptedException {
    return rows(
            sink,
            "SELECT * REPLACE (decode(payload_raw) AS payload_raw) FROM events ORDER BY log_offset")
        .stream()
        .map(row ->
            new StoredEvent(
                row.get(1).orElseThrow(),
                Long.parseLong(row.get(13).orElseThrow()),
                row.get(0).orElseThrow(),
                row.get(2).orElseThrow(),
                Instant.parse(row.get(3).orElseThrow()),
                Instant.parse(row.get(4).orElseThrow()),
                row.get(5).orElseThrow(),
                row.get(6),
                row.get(7).orElseThrow(),
                row.get(8).orElseThrow(),
                row.get(9),
                row.get(10),
                row.get(11),
                row.get(12)))
        .sorted(java.util.Comparator.comparingLong(StoredEvent::offset))
        .toList();
  }

  static List<List<Optional<String>>> rows(DuckDbSink sink, String sql)
      throws InterruptedException {
    return switch (sink.query(sql, 1_000_000, TIMEOUT)) {
      case Answer.Table table -> table.rows();
      case Answer.Failed failed -> throw new AssertionError(sql + ": " + failed.reason());
    };
  }
}
