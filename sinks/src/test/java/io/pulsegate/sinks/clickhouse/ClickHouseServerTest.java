package io.pulsegate.sinks.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Refused;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import io.pulsegate.testkit.StoredEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over ClickHouse's own HTTP layer; skipped without [OldServer].
class ClickHouseServerTest {
  private static final CursorKey KEY = new CursorKey("log-1", "house", 0);
  private static final String STRINGS =
      """
      CREATE TABLE events (event_id String, tenant_id String, event_type String,
        occurred_at String, received_at String, payload String, payload_raw String, source String,
        dialect String, trace_id String, idempotency_key String, partition_key String,
        original_time String, log_offset UInt64) ENGINE = MergeTree ORDER BY log_offset
      """;

  @TempDir static Path serverFolder;
  private static OldServer server;
  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    server = new OldServer(serverFolder);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void table() throws Exception {
    server.run("DROP TABLE IF EXISTS events");
    server.run(STRINGS);
  }

  @Test
  void storesEveryByteOfAPayload() throws Exception {
    String odd = "{\"a\": [1,2.50,\"ü\\u2028\\\\ \\\"\\t\"]}";
    Events events = Events.of("a").add("é-1", "page_view", odd).add("e-2", "t", "{}");
    try (ClickHouseSink sink = sink(Map.of())) {
      assertThat(sink.write(Batches.of(KEY, claim(sink), events.frame())))
          .isEqualTo(new Delivered());
    }

    var rows = ClickHouseFixture.parse(server.run(ClickHouseFixture.SELECT.formatted("events")));
    assertThat(rows).extracting(StoredEvent::payload).containsExactly(odd, "{}");
    assertThat(rows).extracting(StoredEvent::eventId).containsExactly("é-1", "e-2");
    assertThat(rows).extracting(StoredEvent::receivedAt).containsOnly(Events.RECEIVED);
  }

  @Test
  void goesOnAfterTheServerWasKilled() throws Exception {
    try (ClickHouseSink sink = sink(Map.of())) {
      Batch first = Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10));
      assertThat(sink.write(first)).isEqualTo(new Delivered());
      server.kill();
      assertUnavailable(
          sink.write(Batches.of(KEY, first.cursor().to(), Events.numbered("a", "f", 10))),
          Cause.OUTAGE);
      assertThat(sink.claim(KEY, CursorRecord.startingAt(0))).isInstanceOf(Claim.Failed.class);
      server.restart();

      assertThat(claim(sink).head()).isEqualTo(20);
    }
    assertThat(server.run("SELECT count(), uniq(log_offset) FROM events").strip())
        .isEqualTo("20\t20");
  }

  @Test
  void waitsForAPersonWithWrongNamesAndCredentials() throws Exception {
    for (Map<String, String> wrong :
        java.util.List.of(
            Map.of("password", "wrong"),
            Map.of("user", "nobody"),
            Map.of("table", "nowhere.events"),
            Map.of("table", "missing", "create_table", "false"))) {
      try (ClickHouseSink sink = sink(wrong)) {
        assertThat(sink.claim(KEY, CursorRecord.startingAt(0)))
            .isInstanceOfSatisfying(
                Claim.Failed.class,
                failed ->
                    assertThat(failed.unavailable().cause())
                        .as(failed.unavailable().reason())
                        .isEqualTo(Cause.MISCONFIGURED));
      }
    }
  }

  @Test
  void saysThatRowsAreRefusedForWhatIsInThem() throws Exception {
    server.run("DROP TABLE events");
    server.run(STRINGS.replace("event_id String", "event_id UInt8"));
    try (ClickHouseSink sink = sink(Map.of())) {
      assertThat(sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 1))))
          .isInstanceOf(Refused.class);
      assertThat(claim(sink).head()).isZero();
    }
  }

  private ClickHouseSink sink(Map<String, String> settings) {
    var all = new HashMap<>(Map.of("password", OldServer.PASSWORD));
    all.putAll(settings);
    return ClickHouseFixture.sink(server.url(), folder, all);
  }

  private static CursorRecord claim(ClickHouseSink sink) throws InterruptedException {
    Claim claim = sink.claim(KEY, CursorRecord.startingAt(0));
    assertThat(claim).isInstanceOf(Claim.Owned.class);
    return ((Claim.Owned) claim).record();
  }

  private static void assertUnavailable(Object result, Cause cause) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Unavailable.class, it -> assertThat(it.cause()).as(it.reason()).isEqualTo(cause));
  }
}
