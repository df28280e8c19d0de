package io.pulsegate.bench.scenario;

import io.pulsegate.log.Admitted;
import io.pulsegate.log.Append;
import io.pulsegate.log.Refusal;
import io.pulsegate.log.SegmentedLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// Keeps a number of appends in flight: each is appended again as soon as it is durable. Segments
/// are trimmed as they fill, as under sinks that keep step.
final class LogDriver {
  private static final long TRIM_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final SegmentedLog log;
  private final int events;
  private final int bodyBytes;
  private final List<Flight> flights = new ArrayList<>();
  private final CountDownLatch landed;

  // Written on the log's thread alone while it runs, read by others after it is idle.
  private final Histogram latencies = new Histogram(3);
  private long appends;
  private boolean refused;
  private long keepFrom = Long.MAX_VALUE;

  private volatile boolean stopping;
  private volatile boolean measuring;

  LogDriver(SegmentedLog log, int inFlight, int events, int bodyBytes) {
    this.log = log;
    this.events = events;
    this.bodyBytes = bodyBytes;
    this.landed = new CountDownLatch(inFlight);
    for (int i = 0; i < inFlight; i++) {
      flights.add(new Flight(i));
    }
  }

  /// What a run showed.
  ///
  /// @param cpuMicrosPerEvent of the whole process
  record Result(
      double eventsPerSecond,
      double mibPerSecond,
      double p50Micros,
      double p99Micros,
      double cpuMicrosPerEvent,
      long commits,
      boolean refused) {}

  /// Keeps everything from that offset on, for somebody who reads it.
  LogDriver keeping(long offset) {
    keepFrom = offset;
    return this;
  }

  /// Warms up, then measures for so long.
  Result run(long warmUpNanos, long nanos) throws IOException, InterruptedException {
    var cpu = new ProcessStats(ProcessHandle.current().pid());
    flights.forEach(Flight::takeOff);
    pass(warmUpNanos);
    long commits = log.stats().commits();
    long cpuBefore = cpu.cpuMicros();
    long begun = System.nanoTime();
    measuring = true;
    pass(nanos);
    measuring = false;
    double seconds = (System.nanoTime() - begun) / 1e9;
    long cpuMicros = cpu.cpuMicros() - cpuBefore;
    long commitsTaken = log.stats().commits() - commits;
    stopping = true;
    landed.await();
    double total = (double) appends * events;
    return new Result(
        total / seconds,
        appends * (double) bodyBytes / (1 << 20) / seconds,
        latencies.getValueAtPercentile(50) / 1e3,
        latencies.getValueAtPercentile(99) / 1e3,
        cpuMicros / total,
        commitsTaken,
        refused);
  }

  private void pass(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      log.trim(Math.min(log.end(), keepFrom));
      log.awaitEnd(Long.MAX_VALUE, Math.min(TRIM_NANOS, end - System.nanoTime()));
    }
  }

  /// One append that flies again and again.
  private final class Flight implements Append {
    private final String lane;
    private final ByteBuffer body;
    private long begunNanos;

    Flight(int number) {
      this.lane = "tenant" + number % 4 + "#1";
      byte[] bytes = new byte[bodyBytes];
      new SplittableRandom(number).nextBytes(bytes);
      this.body = ByteBuffer.wrap(bytes);
    }

    void takeOff() {
      begunNanos = System.nanoTime();
      boolean _ = log.append(this);
    }

    @Override
    public String lane() {
      return lane;
    }

    @Override
    public ByteBuffer body() {
      return body;
    }

    @Override
    public int count() {
      return events;
    }

    @Override
    public Admitted admit(long firstOffset) {
      return new Admitted(events, bodyBytes);
    }

    @Override
    public void durable(long firstOffset, long receivedMicros) {
      if (measuring) {
        appends++;
        latencies.recordValue(System.nanoTime() - begunNanos);
      }
      if (stopping) {
        landed.countDown();
      } else {
        takeOff();
      }
    }

    @Override
    public void refused(Refusal reason) {
      refused = true;
      landed.countDown();
    }
  }
}
