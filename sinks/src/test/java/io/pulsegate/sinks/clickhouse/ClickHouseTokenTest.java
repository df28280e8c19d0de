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
import io.pulsegate.testkit.stores.TestClickHouse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Inserts whose outcome is not known, on the engine of a present ClickHouse; skipped without
/// [TestClickHouse].
class ClickHouseTokenTest {
  private static final CursorKey KEY = new CursorKey("log-1", "house", 0);

  private TestClickHouse engine;
  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    engine = TestClickHouse.orSkip();
    engine.run("DROP TABLE IF EXISTS tokens SYNC");
  }

  @Test
  void storesOnceAnInsertThatWasStoredWithoutAnAnswer() throws Exception {
    Batch batch;
    try (ClickHouseSink sink = sink(Map.of())) {
      batch = Batches.of(KEY, claim(sink), Events.numbered("a", "e", 100));
      engine.dropReplies();
      assertThat(sink.write(batch)).isInstanceOf(Unavailable.class);
      assertThat(count()).isEqualTo(100);
      assertThat(sink.claim(KEY, CursorRecord.startingAt(0))).isInstanceOf(Claim.Failed.class);
    }
    engine.up();

    // A new process finds the insert recorded, and repeats it first.
    try (ClickHouseSink sink = sink(Map.of())) {
      CursorRecord again = claim(sink);
      assertThat(again.head()).isEqualTo(100);
      assertThat(count()).isEqualTo(100);
      assertThat(sink.write(Batches.of(KEY, again, Events.numbered("a", "f", 10))))
          .isEqualTo(new Delivered());
    }
    assertThat(count()).isEqualTo(110);
  }

  @Test
  void storesAnInsertThatWasNeverRun() throws Exception {
    try (ClickHouseSink sink = sink(Map.of())) {
      CursorRecord mine = claim(sink);
      engine.down();
      assertThat(sink.write(Batches.of(KEY, mine, Events.numbered("a", "e", 10))))
          .isInstanceOfSatisfying(
              Unavailable.class, it -> assertThat(it.cause()).isEqualTo(Cause.OUTAGE));
      assertThat(sink.claim(KEY, CursorRecord.startingAt(0))).isInstanceOf(Claim.Failed.class);
      engine.up();

      assertThat(claim(sink).head()).isEqualTo(10);
    }
    assertThat(count()).isEqualTo(10);
  }

  @Test
  void storesTheSameRowsOfAnotherRangeAgain() throws Exception {
    try (ClickHouseSink sink = sink(Map.of())) {
      Batch first = Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10));
      assertThat(sink.write(first)).isEqualTo(new Delivered());
      assertThat(sink.write(Batches.of(KEY, first.cursor().to(), Events.numbered("a", "e", 10))))
          .isEqualTo(new Delivered());
    }
    assertThat(count()).isEqualTo(20);
  }

  @Test
  void takesBackAnInsertThatIsRefused() throws Exception {
    try (ClickHouseSink sink = sink(Map.of())) {
      CursorRecord mine = claim(sink);
      engine.run("ALTER TABLE tokens ADD CONSTRAINT no_b CHECK tenant_id != 'b'");
      assertThat(sink.write(Batches.of(KEY, mine, Events.numbered("b", "e", 3))))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.code()).isEqualTo("469");
                assertThat(refused.reason()).contains("VIOLATED_CONSTRAINT");
              });
      assertThat(sink.write(Batches.of(KEY, mine, Events.numbered("a", "e", 3))))
          .isEqualTo(new Delivered());
    }
    assertThat(count()).isEqualTo(3);
  }

  @Test
  void insertsAsynchronouslyWhereAskedTo() throws Exception {
    try (ClickHouseSink sink = sink(Map.of("async_insert", "true"))) {
      assertThat(sink.write(Batches.of(KEY, claim(sink), Events.numbered("a", "e", 10))))
          .isEqualTo(new Delivered());
    }
    assertThat(count()).isEqualTo(10);
  }

  private ClickHouseSink sink(Map<String, String> settings) {
    var all = new java.util.HashMap<>(settings);
    all.put("table", "tokens");
    return ClickHouseFixture.sink(engine.url(), folder, all);
  }

  private long count() {
    return Long.parseLong(engine.run("SELECT count() FROM tokens").strip());
  }

  private static CursorRecord claim(ClickHouseSink sink) throws InterruptedException {
    Claim claim = sink.claim(KEY, CursorRecord.startingAt(0));
    assertThat(claim).isInstanceOf(Claim.Owned.class);
    return ((Claim.Owned) claim).record();
  }
}
