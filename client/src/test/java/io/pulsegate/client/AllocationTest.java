package io.pulsegate.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.pulsegate.client.FakeServer.Reply;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a call of `track` allocates on the caller's thread. How long it takes is measured by the
/// benchmark.
class AllocationTest {
  private static final int CALLS = 20_000;

  @TempDir Path temp;

  private static long bytesPerCall(PulseClient client) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    PulseEvent event =
        PulseEvent.of("checkout").with("user_id", "u_123").with("amount", 12.5).with("ok", true);
    for (int i = 0; i < CALLS; i++) {
      client.track(event);
    }
    assertThat(client.flush(Accounts.LIMIT)).isTrue();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      client.track(event);
    }
    return (threads.getCurrentThreadAllocatedBytes() - before) / CALLS;
  }

  @Test
  void allocatesAtMost200BytesInMemoryAndWithASpool() {
    try (var server = new FakeServer(Reply::taken)) {
      PulseClient inMemory = new Accounts().builder(server.url()).build();
      assertThat(bytesPerCall(inMemory)).isLessThanOrEqualTo(200);
      inMemory.close(Duration.ZERO);
      PulseClient spooling =
          new Accounts().builder(server.url()).spool(temp.resolve("spool"), 64 << 20).build();
      assertThat(bytesPerCall(spooling)).isLessThanOrEqualTo(200);
      spooling.close(Duration.ZERO);
    }
  }
}
