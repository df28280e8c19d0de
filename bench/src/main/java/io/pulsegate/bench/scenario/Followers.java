package io.pulsegate.bench.scenario;

import io.pulsegate.log.Frame;
import io.pulsegate.log.LogReader;
import io.pulsegate.log.SegmentedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Readers that stay at the log's end, as sinks that keep step do.
final class Followers {
  private static final int POLL_BYTES = 1 << 20;
  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final SegmentedLog log;
  private final AtomicLong bytes = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  Followers(SegmentedLog log, int count) {
    this.log = log;
    for (int i = 0; i < count; i++) {
      threads.add(Thread.ofPlatform().name("follower").start(this::run));
    }
  }

  private void run() {
    try (LogReader reader = log.reader(log.end(), Optional.empty())) {
      long next = log.end();
      while (!stopping) {
        for (Frame frame : reader.poll(POLL_BYTES)) {
          bytes.addAndGet(frame.body().remaining());
          next = frame.endOffset();
        }
        var _ = log.awaitEnd(next, WAIT_NANOS);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /// Bytes of bodies read so far, by all of them.
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
