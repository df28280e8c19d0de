package io.pulsegate.core.transform;

import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Slice.Run;
import io.pulsegate.api.Transform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs transforms on a thread that can be given up: one that loops for ever takes its thread with
/// it, and nothing else. One caller at a time.
///
/// A platform thread, since a loop would never leave the carrier of a virtual one.
public final class TransformWorker implements AutoCloseable {
  /// One tenant's stretch on its way through its transforms.
  public static final class Task {
    private final LaneTransform transform;
    private final List<Run> runs;
    private volatile @Nullable Thread thread;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable LaneVerdicts verdicts;

    private Task(LaneTransform transform, List<Run> runs) {
      this.transform = transform;
      this.runs = runs;
    }

    private void run() {
      thread = Thread.currentThread();
      try {
        verdicts = transform.run(runs);
      } catch (OutOfMemoryError e) {
        // Met by our part of the work; the tenant waits as for one that its transforms throw.
        verdicts =
            new LaneVerdicts(
                List.of(),
                Map.of(),
                List.of(),
                Optional.of(
                    new LaneVerdicts.Held(
                        runs.getFirst().offset(runs.getFirst().from()), "memory ran out")));
      } finally {
        done.countDown();
      }
    }

    /// Offset of the event under way; -1 before the first.
    public long offset() {
      return transform.offset();
    }

    /// How long the event under way has taken, in nanoseconds.
    public long eventNanos() {
      return transform.runningNanos();
    }

    /// The thread it runs on, once it has begun.
    public Optional<Thread> thread() {
      return Optional.ofNullable(thread);
    }

    /// Whether it has ended, well or not.
    public boolean isDone() {
      return done.getCount() == 0;
    }

    /// What came out.
    ///
    /// @throws IllegalStateException when it is not done, or ended by a bug of ours
    public LaneVerdicts verdicts() {
      LaneVerdicts result = verdicts;
      if (result == null) {
        throw new IllegalStateException("the transforms of a stretch came to no end");
      }
      return result;
    }

    /// Waits.
    ///
    /// @return whether it is done
    public boolean await(long nanos) throws InterruptedException {
      return done.await(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private final String name;
  private final EventWriter.Limits limits;
  private @Nullable LinkedBlockingQueue<Task> queue;
  private @Nullable Thread thread;

  /// @param name of the thread
  /// @param limits of an event and a block that come out
  public TransformWorker(String name, EventWriter.Limits limits) {
    this.name = name;
    this.limits = limits;
  }

  /// Begins with a tenant's runs.
  ///
  /// @param overdue offsets of events that took too long before, and are not tried again
  public Task begin(LaneKey lane, List<Run> runs, Transform way, Set<Long> overdue) {
    var task = new Task(new LaneTransform(lane, way, limits, overdue), runs);
    LinkedBlockingQueue<Task> open = queue;
    if (open == null) {
      open = new LinkedBlockingQueue<>();
      queue = open;
      LinkedBlockingQueue<Task> mine = open;
      thread = Thread.ofPlatform().name(name).daemon().start(() -> work(mine));
    }
    open.add(task);
    return task;
  }

  private static void work(LinkedBlockingQueue<Task> tasks) {
    try {
      while (true) {
        tasks.take().run();
      }
    } catch (InterruptedException e) {
      // Given up: nobody waits for it any more.
    }
  }

  /// Leaves the thread to itself; the next task gets another one.
  public void giveUp() {
    if (thread != null) {
      thread.interrupt();
    }
    thread = null;
    queue = null;
  }

  @Override
  public void close() {
    giveUp();
  }
}
