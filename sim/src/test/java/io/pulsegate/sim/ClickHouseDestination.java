package io.pulsegate.sim;

import io.pulsegate.testkit.TcpLink;
import io.pulsegate.testkit.stores.TestClickHouse;
import java.util.List;

/// A table of the engine of a present ClickHouse; skips the test where that cannot be had.
final class ClickHouseDestination implements Destination {
  private final TestClickHouse engine = TestClickHouse.orSkip();
  private final TcpLink link = TcpLink.to(engine.port());
  private final String table;

  ClickHouseDestination(String table) {
    this.table = table;
  }

  @Override
  public String settings() {
    return """
    type: clickhouse
    url: http://127.0.0.1:%d
    table: %s
    """
        .formatted(link.port(), table);
  }

  @Override
  public void leave() {
    link.cut();
  }

  @Override
  public void comeBack() {
    link.mend();
  }

  @Override
  public List<String> ids() {
    return engine.run("SELECT event_id FROM " + table + " ORDER BY log_offset").lines().toList();
  }

  @Override
  public void close() {
    link.close();
    String _ = engine.run("DROP TABLE IF EXISTS " + table + " SYNC");
  }
}
