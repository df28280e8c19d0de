package io.pulsegate.sinks.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetTest {
  private static final CursorKey KEY = new CursorKey("log-1", "lake", 0);

  private final TestStore store = new TestStore();
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "zstd"})
  void holdsWhatWasSent(String compression) throws Exception {
    Events events =
        Events.of("a")
            .add(
                "e-0",
                "view",
                "{\"n\":1.10,\"big\":1234567890123456789012345678901234567890,\"s\":\"é\\u0041\"}")
            .add("e-1", "view", "{\"nul\":\"\\u0000\"}", EventFlag.HAS_NUL, extra -> {});
    deliver(folder, compression, events.frame());

    String key = store.keys().getFirst();
    assertThat(key).endsWith("_0-1.parquet");
    assertThat(
            rows(key, "event_id, tenant_id, event_type, payload, decode(payload_raw), log_offset"))
        .containsExactly(
            "e-0|a|view|{\"n\":1.10,\"big\":1234567890123456789012345678901234567890,\"s\":\"é\\u0041\"}|null|0",
            "e-1|a|view|{\"nul\":\"\\ufffd\"}|{\"nul\":\"\\u0000\"}|1");
    assertThat(
            rows(
                    key,
                    "typeof(occurred_at), typeof(received_at), typeof(payload), CAST(received_at AS VARCHAR)")
                .getFirst())
        .startsWith("TIMESTAMP WITH TIME ZONE|TIMESTAMP WITH TIME ZONE|JSON|2026-03-10 12:00:00");
  }

  /// So a repeated upload replaces an object by itself.
  @Test
  void isTheSameBytesAtEveryTry() throws Exception {
    Events.Frame[] frames = new Events.Frame[40];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = Events.numbered("a", "e" + i + "-", 2_000);
    }
    var other = new TestStore();
    deliver(store, folder.resolve("one"), "zstd", frames);
    deliver(other, folder.resolve("two"), "zstd", frames);

    assertThat(store.keys()).hasSize(1).isEqualTo(other.keys());
    String key = store.keys().getFirst();
    assertThat(store.bytes(key)).isEqualTo(other.bytes(key));
    assertThat(rows(key, "count(*), count(DISTINCT log_offset)")).containsExactly("80000|80000");
  }

  /// What one object leaves on this machine does not get into the next.
  @Test
  void makesOneObjectAfterAnother() throws Exception {
    deliver(folder, "none", Events.numbered("a", "e", 3), Events.numbered("b", "f", 2));

    assertThat(store.keys()).hasSize(2);
    assertThat(rows(store.keys().getFirst(), "count(*), min(tenant_id)")).containsExactly("3|a");
    assertThat(rows(store.keys().getLast(), "count(*), min(tenant_id)")).containsExactly("2|b");
    try (var left = Files.list(folder.resolve("sinks/lake"))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains("parquet"));
    }
  }

  private void deliver(Path data, String compression, Events.Frame... frames) throws Exception {
    deliver(store, data, compression, frames);
  }

  private static void deliver(TestStore to, Path data, String compression, Events.Frame... frames)
      throws Exception {
    try (S3Sink sink = to.sink(data, Map.of("format", "parquet", "compression", compression))) {
      var claim = (Claim.Owned) sink.claim(KEY, CursorRecord.startingAt(0));
      assertThat(sink.write(Batches.of(KEY, claim.record(), frames))).isEqualTo(new Delivered());
    }
  }

  private List<String> rows(String key, String columns) throws Exception {
    Path file = Files.write(folder.resolve("read.parquet"), store.bytes(key));
    List<String> rows = new ArrayList<>();
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      try (var row = statement.executeQuery("SELECT %s FROM '%s'".formatted(columns, file))) {
        int count = row.getMetaData().getColumnCount();
        while (row.next()) {
          List<String> cells = new ArrayList<>();
          for (int i = 1; i <= count; i++) {
            cells.add(String.valueOf(row.getString(i)));
          }
          rows.add(String.join("|", cells));
        }
      }
    }
    return rows;
  }
}
