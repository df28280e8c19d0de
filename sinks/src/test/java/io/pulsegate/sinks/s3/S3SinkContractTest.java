package io.pulsegate.sinks.s3;

import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.testkit.Promise;
import io.pulsegate.testkit.SinkContract;
import io.pulsegate.testkit.StoredEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class S3SinkContractTest extends SinkContract {
  private final TestStore store = new TestStore();
  @TempDir Path folder;

  @Override
  protected CursorKeepingSink newSink() {
    return store.sink(folder, Map.of());
  }

  @Override
  protected List<StoredEvent> stored() throws Exception {
    return store.stored();
  }

  @Override
  protected Set<Promise> notPromised() {
    // The stage is this process's own. In an outage what is staged stays committed, which
    // S3SinkTest shows; the contract means destinations that keep the cursor themselves.
    return Set.of(Promise.TWO_OWNERS, Promise.OUTAGE);
  }
}
