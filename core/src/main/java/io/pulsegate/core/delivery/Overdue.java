package io.pulsegate.core.delivery;

import io.pulsegate.api.Transform;
import io.pulsegate.core.transform.TransformWorker;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Events of one lane that its transforms did not come to an end with in time. Head thread only.
///
/// Such an event is tried a second time, since a machine that stood still is not its fault. Java
/// has no way to stop a thread that does not want to: it is interrupted, and left to itself. So
/// each try may cost a thread until the process ends, and **a lane that has four of them is not
/// begun again** before one comes back or its configuration is changed.
final class Overdue {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final int THREADS_MAX = 4;
  private static final int TRIES_MAX = 2;

  private final Transform way;
  private final Map<Long, Integer> tries = new HashMap<>();
  private final List<Thread> left = new ArrayList<>();

  Overdue(Transform way) {
    this.way = way;
  }

  @SuppressWarnings("ReferenceEquality") // the rules hand out one object per configuration
  boolean isOf(Transform other) {
    return way == other;
  }

  /// Events from an offset on that become dead letters instead of being tried again.
  Set<Long> offsets(long from) {
    tries.keySet().removeIf(offset -> offset < from);
    return tries.entrySet().stream()
        .filter(event -> event.getValue() >= TRIES_MAX)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /// Gives up the event under way, and its thread.
  ///
  /// @return false where the task has come further meanwhile
  boolean giveUp(TransformWorker.Task task) {
    long offset = task.offset();
    if (offset < 0 || task.isDone()) {
      return false;
    }
    int tried = tries.merge(offset, 1, Integer::sum);
    task.thread().ifPresent(left::add);
    LOGGER.log(
        Level.WARNING,
        "a transform takes too long for the event at offset {0}, try {1} of {2}",
        offset,
        tried,
        TRIES_MAX);
    return true;
  }

  boolean isHopeless() {
    left.removeIf(thread -> !thread.isAlive());
    return left.size() >= THREADS_MAX;
  }

  String reason() {
    return "%d threads of its transforms do not come back, no further one is begun. Change or remove the transform that hangs; the threads go with a restart"
        .formatted(left.size());
  }
}
