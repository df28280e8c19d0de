package io.pulsegate.log;

import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Counts damaged stretches, each once however often it is met. The bytes stay where they are, for
/// those who want to look at them. Any thread.
final class Damage implements DamageListener {
  /// Beyond so many stretches new ones are logged no more and counted no more.
  private static final int STRETCHES_MAX = 100_000;

  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private record Place(String segment, long position) {}

  /// Where damaged bytes are.
  record Stretch(long position, long bytes) {}

  private final Map<Place, Long> stretches = new ConcurrentHashMap<>();
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  @Override
  public void damaged(Segment segment, long position, long bytes, long frames) {
    damaged(segment.name(), position, bytes, frames);
  }

  void damaged(String segment, long position, long bytes, long frames) {
    if (stretches.size() < STRETCHES_MAX
        && stretches.putIfAbsent(new Place(segment, position), bytes) == null) {
      this.frames.addAndGet(frames);
      this.bytes.addAndGet(bytes);
      LOGGER.log(
          Level.ERROR,
          "damaged bytes in the log passed over: segment={0} position={1} bytes={2} frames={3}; all other frames are kept",
          segment,
          Long.toString(position),
          Long.toString(bytes),
          Long.toString(frames));
    }
  }

  /// What was found so far, by position.
  List<Stretch> stretches() {
    return stretches.entrySet().stream()
        .map(each -> new Stretch(each.getKey().position(), each.getValue()))
        .sorted(Comparator.comparingLong(Stretch::position))
        .toList();
  }

  long frames() {
    return frames.get();
  }

  long bytes() {
    return bytes.get();
  }
}
