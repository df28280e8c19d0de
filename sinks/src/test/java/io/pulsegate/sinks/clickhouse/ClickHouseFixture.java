package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkContext;
import io.pulsegate.testkit.FakeClock;
import io.pulsegate.testkit.StoredEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Sinks of a test, and what is in a table.
final class ClickHouseFixture {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");

  /// Everything in hexadecimal, as the values may hold anything.
  static final String SELECT =
      "SELECT hex(tenant_id), hex(toString(log_offset)), hex(event_id), hex(event_type),"
          + " hex(toString(occurred_at)), hex(toString(received_at)), hex(payload),"
          + " hex(payload_raw), hex(source), hex(dialect), hex(trace_id), hex(idempotency_key),"
          + " hex(partition_key), hex(original_time) FROM %s ORDER BY log_offset, event_id"
          + " FORMAT TabSeparated";

  private ClickHouseFixture() {}

  static ClickHouseSink sink(String url, Path folder, Map<String, String> settings) {
    var all = new HashMap<>(Map.of("url", url, "insert_interval", "0"));
    all.putAll(settings);
    return new ClickHouseSink(
        ClickHouseConfig.SPEC.reader().apply(new Settings(all)),
        new SinkContext("house", folder, 1 << 20, FakeClock.atNoon(), Metrics.NONE));
  }

  static List<StoredEvent> parse(String rows) {
    return rows.lines().map(ClickHouseFixture::event).toList();
  }

  private static StoredEvent event(String line) {
    List<String> values =
        List.of(line.split("\t", -1)).stream().map(ClickHouseFixture::unhex).toList();
    return new StoredEvent(
        values.get(0),
        Long.parseLong(values.get(1)),
        values.get(2),
        values.get(3),
        time(values.get(4)),
        time(values.get(5)),
        values.get(6),
        optional(values.get(7)),
        values.get(8),
        values.get(9),
        optional(values.get(10)),
        optional(values.get(11)),
        optional(values.get(12)),
        optional(values.get(13)));
  }

  private static String unhex(String text) {
    return new String(
        java.util.HexFormat.of().parseHex(text), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static Instant time(String text) {
    return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
  }

  private static Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
