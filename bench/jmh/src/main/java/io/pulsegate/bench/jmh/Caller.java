package io.pulsegate.bench.jmh;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Counts what the measured thread alone allocates; the sender's thread is not the application's.
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Caller {
  /// Bytes allocated in an iteration.
  public long callerBytes;

  /// Calls in an iteration.
  public long calls;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long before;

  /// Begins an iteration.
  @Setup(Level.Iteration)
  public void begin() {
    calls = 0;
    before = threads.getCurrentThreadAllocatedBytes();
  }

  /// Ends it.
  @TearDown(Level.Iteration)
  public void end() {
    callerBytes = threads.getCurrentThreadAllocatedBytes() - before;
  }
}
