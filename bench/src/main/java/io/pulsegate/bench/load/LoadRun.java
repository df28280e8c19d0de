package io.pulsegate.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Sends events as a [LoadPlan] says and measures what comes of it.
public final class LoadRun {
  private static final long TICK_MILLIS = 500;

  private final LoadPlan plan;
  private final Optional<AckRecord> record;
  private final Consumer<Progress> progress;
  private final Sequences sequences;
  private final LoadStats stats = new LoadStats();

  /// @param record where acknowledged ids go
  /// @param progress told twice a second how it goes, on the thread that runs
  public LoadRun(LoadPlan plan, Optional<AckRecord> record, Consumer<Progress> progress) {
    this.plan = plan;
    this.record = record;
    this.progress = progress;
    sequences = new Sequences(plan.payload().batch(), plan.eventsMax());
  }

  /// A run that nobody watches.
  public static LoadResult run(LoadPlan plan) throws IOException, InterruptedException {
    return new LoadRun(plan, Optional.empty(), any -> {}).run();
  }

  /// Runs to the end. Once only.
  ///
  /// @throws IOException if the acknowledgements cannot be written or no socket can be had
  public LoadResult run() throws IOException, InterruptedException {
    var target = plan.target();
    var address = new InetSocketAddress(InetAddress.getByName(target.host()), target.port());
    var loops = new ArrayList<LoadLoop>();
    long start = System.nanoTime();
    for (int i = 0; i < plan.threads(); i++) {
      loops.add(loop(i, address, start));
    }
    long length = Math.min(plan.time().toNanos(), Duration.ofDays(3650).toNanos());
    var tasks = new ArrayList<FutureTask<Boolean>>();
    for (var loop : loops) {
      var task =
          new FutureTask<>(() -> {
            loop.run(start + length);
            return true;
          });
      tasks.add(task);
      Thread.ofPlatform().name("load-" + tasks.size()).start(task);
    }
    await(tasks, start);
    return stats.result((System.nanoTime() - start) / 1e9);
  }

  /// Ends the run early; what is under way is still waited for. Any thread.
  public void stop() {
    sequences.stop();
  }

  private LoadLoop loop(int number, InetSocketAddress address, long start) throws IOException {
    var random = new SplittableRandom(plan.payload().seed() + number);
    var connections = new ArrayList<Connection>();
    for (int i = number; i < plan.connections(); i += plan.threads()) {
      connections.add(
          new Connection(
              address, new RequestEncoder(plan.target(), plan.payload(), random.split())));
    }
    double requestsPerSecond = plan.eventsPerSecond() / plan.payload().batch();
    // The threads' schedules interleave.
    long offset = plan.eventsPerSecond() > 0 ? (long) (number * 1e9 / requestsPerSecond) : 0;
    return new LoadLoop(
        plan,
        sequences,
        plan.eventsPerSecond() > 0
            ? Pace.openLoop(requestsPerSecond / plan.threads(), start + offset)
            : Pace.closedLoop(),
        stats,
        record.map(all -> all.writer(plan.payload())),
        new LoadLoop.LoopSetup(connections, random, new TimeText(InstantSource.system())));
  }

  private void await(List<FutureTask<Boolean>> tasks, long start)
      throws IOException, InterruptedException {
    for (var task : tasks) {
      while (!isDone(task)) {
        progress.accept(Progress.of(stats, (System.nanoTime() - start) / 1e9));
      }
    }
  }

  private boolean isDone(FutureTask<Boolean> task) throws IOException, InterruptedException {
    try {
      return task.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      stop();
      throw new IOException("a client thread failed: " + e.getCause(), e);
    }
  }
}
