package io.pulsegate.core.trace;

import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.BlockReader;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.log.Disk;
import io.pulsegate.log.LogException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The id filters of the log's finished stretches, and the thread that makes those that are
/// missing: it follows the end of the log with a quarter of a core at most, and stands still while
/// space is short. What has no filter yet is found all the same, by reading it.
public final class IdFilters implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final int PARTITION = 0;
  private static final int POLL_BYTES = 1 << 20;
  private static final int EVENTS = 1 << 17;
  private static final int BLOCK_EVENTS_MAX = 1 << 16;
  private static final long STRETCH_BYTES = 32L << 20;
  private static final long IDLE_MILLIS = 500;
  private static final long TROUBLE_MILLIS = 60_000;
  private static final int REST = 3;

  private final IngestionLog log;
  private final Disk disk;
  private final int stretchEvents;
  private final ConcurrentSkipListMap<Long, IdFilter> byStart = new ConcurrentSkipListMap<>();
  private final IdFilter.Builder builder;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  // Of the thread that builds.
  private @Nullable BlockReader reader;
  private long limit;
  private long from;
  private long readTo;
  private long bytes;
  private boolean begun;

  /// @param disk the folder of the filters; nothing in it is needed
  public IdFilters(IngestionLog log, Disk disk) {
    this(log, disk, EVENTS);
  }

  IdFilters(IngestionLog log, Disk disk, int stretchEvents) {
    this.log = log;
    this.disk = disk;
    this.stretchEvents = stretchEvents;
    this.builder = new IdFilter.Builder(stretchEvents + BLOCK_EVENTS_MAX);
    this.thread = Thread.ofVirtual().name("pulsegate-id-filters").unstarted(this::run);
  }

  /// Takes the filters that are there, and makes the others from now on.
  public void start() {
    thread.start();
  }

  private void run() {
    try {
      long wait = 0;
      while (!closed.await(wait, TimeUnit.NANOSECONDS)) {
        wait = look();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts a thread that reads the log", e);
    } finally {
      closeReader();
    }
  }

  /// @return how long to wait, in nanoseconds
  private long look() {
    long started = System.nanoTime();
    try {
      if (step()) {
        return REST * (System.nanoTime() - started);
      }
      closeReader();
      forgetWhatIsGone();
      return TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS);
    } catch (IOException | LogException e) {
      LOGGER.log(
          Level.WARNING,
          "the filters of event ids are not made for now, events are found by reading: {0}",
          e.getMessage());
      closeReader();
      begun = false;
      return TimeUnit.MILLISECONDS.toNanos(TROUBLE_MILLIS);
    }
  }

  /// Reads on, and writes a filter where a stretch is full.
  ///
  /// @return whether there may be more
  boolean step() throws IOException {
    if (!begun) {
      load();
      begin(log.oldest(PARTITION));
      begun = true;
    }
    IngestionLog.Space space = log.space(PARTITION);
    if (space.freeBytes() < space.lowBytes()) {
      return false;
    }
    BlockReader open = reader();
    List<LogBlock> blocks = open.poll(POLL_BYTES);
    readTo = open.offset();
    for (LogBlock block : blocks) {
      builder.add(block.block());
      bytes += block.block().sizeBytes();
      if (builder.ids() >= stretchEvents || bytes >= STRETCH_BYTES) {
        write(block.endOffset());
      }
    }
    if (readTo >= limit) {
      write(limit);
      begin(limit);
      return true;
    }
    return !blocks.isEmpty();
  }

  private BlockReader reader() {
    BlockReader open = reader;
    if (open == null) {
      open = log.open(PARTITION, readTo, limit, Optional.empty());
      reader = open;
    }
    return open;
  }

  private void closeReader() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  /// Goes to the first place at or above the offset that no filter covers.
  private void begin(long offset) {
    closeReader();
    from = offset;
    Optional<IdFilter> covering = at(from);
    while (covering.isPresent()) {
      from = covering.get().until();
      covering = at(from);
    }
    readTo = from;
    bytes = 0;
    builder.clear();
    Map.Entry<Long, IdFilter> next = byStart.higherEntry(from);
    limit = next == null ? Long.MAX_VALUE : next.getKey();
  }

  private void write(long until) throws IOException {
    if (until > from) {
      IdFilter filter = builder.write(disk, log.id(), from, until);
      byStart.put(filter.from(), filter);
    }
    bytes = 0;
    from = until;
  }

  private void load() throws IOException {
    byStart.clear();
    for (String name : disk.list()) {
      if (IdFilter.isName(name)) {
        IdFilter.open(disk, name, log.id()).ifPresent(filter -> byStart.put(filter.from(), filter));
      }
    }
  }

  private void forgetWhatIsGone() throws IOException {
    long oldest = log.oldest(PARTITION);
    for (IdFilter filter : byStart.headMap(oldest, true).values()) {
      if (filter.until() <= oldest) {
        byStart.remove(filter.from());
        disk.delete(filter.name());
      }
    }
  }

  /// The filter of the stretch that holds the offset. Any thread.
  Optional<IdFilter> at(long offset) {
    Map.Entry<Long, IdFilter> below = byStart.floorEntry(offset);
    return below == null || below.getValue().until() <= offset
        ? Optional.empty()
        : Optional.of(below.getValue());
  }

  /// Where the next stretch with a filter begins; [Long#MAX_VALUE] where there is none.
  long nextAbove(long offset) {
    Long next = byStart.higherKey(offset);
    return next == null ? Long.MAX_VALUE : next;
  }

  /// Whether the stretch may hold the id; a filter that cannot be read says maybe.
  boolean mayHold(IdFilter filter, IdFilter.Key key) {
    try {
      return filter.mayHold(disk, key);
    } catch (IOException e) {
      return true;
    }
  }

  /// Ends the thread; what was collected is read again at the next start.
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = false;
    while (thread.getState() != Thread.State.NEW) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
