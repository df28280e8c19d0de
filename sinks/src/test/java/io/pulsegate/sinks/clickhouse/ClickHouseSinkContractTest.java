package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.testkit.Promise;
import io.pulsegate.testkit.SinkContract;
import io.pulsegate.testkit.StoredEvent;
import io.pulsegate.testkit.stores.TestClickHouse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// On the engine of a present ClickHouse; skipped without [TestClickHouse].
class ClickHouseSinkContractTest extends SinkContract {
  private TestClickHouse engine;
  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    engine = TestClickHouse.orSkip();
    engine.run("DROP TABLE IF EXISTS contract SYNC");
  }

  @Override
  protected CursorKeepingSink newSink() {
    return ClickHouseFixture.sink(engine.url(), folder, Map.of("table", "contract"));
  }

  @Override
  protected List<StoredEvent> stored() {
    return engine.run("EXISTS TABLE contract").strip().equals("0")
        ? List.of()
        : ClickHouseFixture.parse(engine.run(ClickHouseFixture.SELECT.formatted("contract")));
  }

  @Override
  protected Set<Promise> notPromised() {
    // The plan is this process's own. What an outage left open is finished first, which
    // ClickHouseTokenTest shows; the contract means cursors at the destination.
    // What it cannot query is stored repaired, so that it refuses no event; it knows no tenants.
    return Set.of(
        Promise.TWO_OWNERS,
        Promise.OUTAGE,
        Promise.REJECTIONS,
        Promise.TENANT_REFUSED,
        Promise.SLOW);
  }
}
