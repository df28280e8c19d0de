package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.testkit.Promise;
import io.pulsegate.testkit.SinkContract;
import io.pulsegate.testkit.StoredEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class DuckDbSinkContractTest extends SinkContract {
  @TempDir Path folder;

  @Override
  protected CursorKeepingSink newSink() {
    return DuckDbFixture.sink(folder);
  }

  @Override
  protected List<StoredEvent> stored() throws Exception {
    return DuckDbFixture.stored(folder);
  }

  @Override
  protected Set<Promise> notPromised() {
    // The file is on this machine: there is nothing to take down or to slow. Its table takes every
    // event; what constraints of others do to it, DuckDbErrorsTest shows.
    return Set.of(Promise.OUTAGE, Promise.SLOW, Promise.REJECTIONS, Promise.TENANT_REFUSED);
  }
}
