package io.pulsegate.bench.scenario;

import io.pulsegate.log.Admitted;
import io.pulsegate.log.Append;
import io.pulsegate.log.Refusal;
import io.pulsegate.log.SegmentedLog;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// Fills segments one append at a time.
final class SegmentFiller {
  private static final int BODY_BYTES = 1 << 10;

  private final SegmentedLog log;

  SegmentFiller(SegmentedLog log) {
    this.log = log;
  }

  /// Appends until there are so many segments; returns how many there are.
  int fill(int segments) throws InterruptedException {
    while (log.stats().segments() < segments) {
      var done = new CompletableFuture<Boolean>();
      boolean _ = log.append(new OneAppend(done));
      if (!done.join()) {
        break;
      }
    }
    return log.stats().segments();
  }

  private record OneAppend(CompletableFuture<Boolean> done) implements Append {
    @Override
    public String lane() {
      return "tenant#1";
    }

    @Override
    public ByteBuffer body() {
      return ByteBuffer.allocate(BODY_BYTES);
    }

    @Override
    public int count() {
      return 1;
    }

    @Override
    public Admitted admit(long firstOffset) {
      return new Admitted(1, BODY_BYTES);
    }

    @Override
    public void durable(long firstOffset, long receivedMicros) {
      done.complete(true);
    }

    @Override
    public void refused(Refusal reason) {
      done.complete(false);
    }
  }
}
