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
    // An object store refuses no event for what is in it, and no tenant; a write is done when it is
    // staged, so that a slow store slows nothing down.
    return Set.of(
        Promise.TWO_OWNERS,
        Promise.OUTAGE,
        Promise.REJECTIONS,
        Promise.TENANT_REFUSED,
        Promise.SLOW);
  }
}
