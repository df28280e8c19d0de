package io.pulsegate.bench.scenario;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// Keeps a number of appends in flight: each is appended again as soon as it is durable. Used once.
public final class ClosedLoop {
  private static final long TIDY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Journal journal;
  private final LoopLoad load;
  private final List<Flight> flights = new ArrayList<>();
  private final CountDownLatch landed;

  // Written on the journal's thread alone while it runs, read by others after it is idle.
  private final Histogram latencies = new Histogram(3);
  private long appends;
  private boolean refused;

  private volatile boolean stopping;
  private volatile boolean measuring;

  public ClosedLoop(Journal journal, LoopLoad load) {
    this.journal = journal;
    this.load = load;
    this.landed = new CountDownLatch(load.inFlight());
    for (int i = 0; i < load.inFlight(); i++) {
      flights.add(new Flight(i, load.events(), load.bodyBytes(), this));
    }
  }

  /// Warms up, measures for so long, and waits until nothing is in flight.
  public LoopResult run(long warmUpNanos, long nanos) throws IOException, InterruptedException {
    var cpu = new ProcessStats(ProcessHandle.current().pid());
    flights.forEach(flight -> flight.takeOff(journal));
    pass(warmUpNanos);
    long commits = journal.commits();
    long cpuBefore = cpu.cpuMicros();
    long begun = System.nanoTime();
    measuring = true;
    pass(nanos);
    measuring = false;
    double seconds = (System.nanoTime() - begun) / 1e9;
    long cpuMicros = cpu.cpuMicros() - cpuBefore;
    long commitsTaken = journal.commits() - commits;
    stopping = true;
    landed.await();
    double total = (double) appends * load.events();
    return new LoopResult(
        total / seconds,
        appends * (double) load.bodyBytes() / (1 << 20) / seconds,
        latencies.getValueAtPercentile(50) / 1e3,
        latencies.getValueAtPercentile(99) / 1e3,
        cpuMicros / total,
        journal.commits() < 0 ? -1 : commitsTaken,
        refused);
  }

  private void pass(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() < end) {
      journal.tidy();
      LockSupport.parkNanos(Math.min(TIDY_NANOS, end - System.nanoTime()));
    }
  }

  void durable(Flight flight, long nanos) {
    if (measuring) {
      appends++;
      latencies.recordValue(nanos);
    }
    if (stopping) {
      landed.countDown();
    } else {
      flight.takeOff(journal);
    }
  }

  void refused() {
    refused = true;
    landed.countDown();
  }
}
