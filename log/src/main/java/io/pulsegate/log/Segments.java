package io.pulsegate.log;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What committer and readers share: the segments, the durable end, and those who wait for it.
final class Segments {
  private static final int WINDOWS_KEPT = 8;

  final Disk disk;
  final Damage damage;

  /// The newest bytes of a log that is open.
  final Optional<MemoryTail> memory;

  private final NavigableMap<Long, Segment> byFirstOffset = new ConcurrentSkipListMap<>();
  private final ConcurrentLinkedQueue<Window> windows = new ConcurrentLinkedQueue<>();
  private final AtomicInteger windowsKept = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean ended;
  private volatile Tail tail;

  Segments(
      Disk disk,
      Damage damage,
      Iterable<Segment> segments,
      Tail tail,
      Optional<MemoryTail> memory) {
    this.disk = disk;
    this.damage = damage;
    this.memory = memory;
    this.tail = tail;
    segments.forEach(this::add);
  }

  void add(Segment segment) {
    byFirstOffset.put(segment.firstOffset(), segment);
  }

  /// Has another file stand for the same offsets, at once for all who come.
  void replace(Segment segment, Segment by) {
    byFirstOffset.replace(segment.firstOffset(), segment, by);
  }

  void remove(Segment segment) {
    byFirstOffset.remove(segment.firstOffset());
  }

  NavigableMap<Long, Segment> all() {
    return byFirstOffset;
  }

  /// The segment in which a reader at this offset begins: the one that holds it, else the first.
  Optional<Segment> at(long offset) {
    var entry = byFirstOffset.floorEntry(offset);
    return Optional.ofNullable(entry == null ? byFirstOffset.firstEntry() : entry)
        .map(Map.Entry::getValue);
  }

  Optional<Segment> after(Segment segment) {
    return Optional.ofNullable(byFirstOffset.higherEntry(segment.firstOffset()))
        .map(Map.Entry::getValue);
  }

  Optional<Segment> before(Segment segment) {
    return Optional.ofNullable(byFirstOffset.lowerEntry(segment.firstOffset()))
        .map(Map.Entry::getValue);
  }

  Tail tail() {
    return tail;
  }

  /// Where the durable frames of a segment end, as of this tail.
  static long limit(Segment segment, Tail tail) {
    return segment == tail.segment() ? tail.position() : segment.dataEnd();
  }

  /// Makes a synced commit visible and wakes those who wait for it. Committer only.
  void publish(Tail next) {
    tail = next;
    wake();
  }

  /// No commit will come any more.
  void end() {
    ended = true;
    wake();
  }

  private void wake() {
    if (waiting.get() > 0) {
      lock.lock();
      try {
        moved.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  long awaitEnd(long beyond, long timeoutNanos) throws InterruptedException {
    if (tail.endOffset() > beyond || ended) {
      return tail.endOffset();
    }
    lock.lockInterruptibly();
    try {
      waiting.incrementAndGet();
      long left = timeoutNanos;
      while (tail.endOffset() <= beyond && !ended && left > 0) {
        left = moved.awaitNanos(left);
      }
      return tail.endOffset();
    } finally {
      waiting.decrementAndGet();
      lock.unlock();
    }
  }

  Window takeWindow() {
    Window window = windows.poll();
    if (window == null) {
      return new Window(Format.pages(Window.BYTES));
    }
    windowsKept.decrementAndGet();
    return window;
  }

  void giveBack(Window window) {
    if (window.buffer().capacity() == Window.BYTES
        && windowsKept.incrementAndGet() <= WINDOWS_KEPT) {
      windows.add(window);
    } else if (window.buffer().capacity() == Window.BYTES) {
      windowsKept.decrementAndGet();
    }
  }
}
