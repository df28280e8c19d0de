package io.pulsegate.bench.jmh;

import io.pulsegate.client.PulseEvent;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What `track` costs the thread that calls it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 60, time = 5, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 60, time = 5, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class TrackBenchmark {
  /// Where the queue is.
  @Param({"memory", "spool"})
  public String queue = "memory";

  private final PulseEvent event =
      PulseEvent.of("checkout").with("user_id", "u_123").with("amount", 12.5).with("ok", true);
  private Collector collector;

  /// Starts server and client.
  @Setup
  public void start() throws IOException {
    collector = new Collector(queue.equals("spool"));
  }

  /// Lets the queue fill.
  @Setup(Level.Iteration)
  public void hold() {
    collector.hold();
  }

  /// Empties the queue.
  @TearDown(Level.Iteration)
  public void flush() {
    collector.flush();
  }

  /// Ends both.
  @TearDown
  public void stop() throws IOException {
    collector.close();
  }

  /// One call with an event that is there.
  @Benchmark
  public boolean track(Caller caller) {
    caller.calls++;
    return collector.client().track(event);
  }
}
