package io.pulsegate.bench.scenario;

import io.pulsegate.log.Frame;
import io.pulsegate.log.LogReader;
import io.pulsegate.log.SegmentedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Readers that go through a stretch of the log's past again and again, as replays do.
final class OldReaders {
  private static final int POLL_BYTES = 1 << 20;

  private final SegmentedLog log;
  private final long from;
  private final long until;
  private final AtomicLong bytes = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /// @param until where the stretch ends that begins at `from`
  OldReaders(SegmentedLog log, int count, long from, long until) {
    this.log = log;
    this.from = from;
    this.until = until;
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofVirtual().start(this::run));
    }
  }

  private void run() {
    while (!stopping) {
      try (LogReader reader = log.reader(from, Optional.empty(), until)) {
        List<Frame> frames = reader.poll(POLL_BYTES);
        while (!frames.isEmpty() && !stopping) {
          frames.forEach(frame -> bytes.addAndGet(frame.body().remaining()));
          frames = reader.poll(POLL_BYTES);
        }
      }
    }
  }

  /// Bytes of bodies read so far.
  long bytes() {
    return bytes.get();
  }

  /// Ends them and waits until they have.
  void stop() throws InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
