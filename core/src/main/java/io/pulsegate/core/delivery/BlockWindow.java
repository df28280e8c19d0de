package io.pulsegate.core.delivery;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Slice.Run;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.BlockReader;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.log.Totals;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Blocks read ahead from a place in the log, of all lanes or one. Head thread only.
final class BlockWindow implements AutoCloseable {
  private final IngestionLog log;
  private final int partition;
  private final Optional<LaneKey> lane;
  private final ArrayDeque<LogBlock> blocks = new ArrayDeque<>();
  private long bytes;
  private long from;
  private long readTo;
  private long until;

  /// When the first block was received that was let go of unread.
  private OptionalLong forgotten = OptionalLong.empty();

  private @Nullable BlockReader reader;

  BlockWindow(IngestionLog log, int partition, Optional<LaneKey> lane, long from) {
    this.log = log;
    this.partition = partition;
    this.lane = lane;
    this.from = from;
    this.readTo = from;
  }

  /// The next offset that is to be delivered.
  long from() {
    return from;
  }

  /// When the oldest block in the window was received.
  OptionalLong oldestMicros() {
    LogBlock first = blocks.peekFirst();
    return first == null ? forgotten : OptionalLong.of(first.receivedAtMicros());
  }

  /// Bytes read ahead.
  long heldBytes() {
    return bytes;
  }

  /// Lets go of everything read ahead, to read it again when it is needed.
  void forget() {
    forgotten = oldestMicros();
    blocks.clear();
    bytes = 0;
    readTo = from;
    closeReader();
  }

  /// Reads until so many bytes are there, or there is nothing more below `limit`.
  void fill(long wantedBytes, long limit) {
    while (bytes < wantedBytes && readTo < limit) {
      BlockReader open = reader(limit);
      List<LogBlock> more = open.poll((int) Math.min(wantedBytes - bytes, Integer.MAX_VALUE));
      for (LogBlock block : more) {
        if (block.endOffset() > from) {
          forgotten = OptionalLong.empty();
          blocks.addLast(block);
          bytes += block.block().sizeBytes();
        }
      }
      if (more.isEmpty() && open.offset() <= readTo) {
        return;
      }
      readTo = Math.max(readTo, open.offset());
    }
  }

  private BlockReader reader(long limit) {
    BlockReader open = reader;
    if (open == null || readTo >= until) {
      closeReader();
      until = lane.isPresent() ? limit : Long.MAX_VALUE;
      open = log.open(partition, readTo, until, lane);
      reader = open;
    }
    return open;
  }

  /// What is next, up to the limits; at least one event where there is one.
  ///
  /// @param wanted blocks whose events are to be in it; the others are passed over
  /// @param limit offset that it ends at, at the latest
  Stretch next(Predicate<LogBlock> wanted, int eventsMax, long bytesMax, long limit) {
    Map<LaneKey, List<Run>> runs = new LinkedHashMap<>();
    long end = from;
    int events = 0;
    long taken = 0;
    for (LogBlock block : blocks) {
      if (block.firstOffset() >= limit) {
        return Stretch.of(from, limit, runs);
      }
      if (wanted.test(block)) {
        int size = block.block().sizeBytes();
        if (events >= eventsMax || (events > 0 && taken + size > bytesMax)) {
          return Stretch.of(from, Math.max(end, block.firstOffset()), runs);
        }
        Run run = run(block, limit, eventsMax - events);
        runs.computeIfAbsent(block.lane(), _ -> new ArrayList<>()).add(run);
        events += run.events();
        taken += size;
        end = block.firstOffset() + run.to();
        if (end < block.endOffset()) {
          return Stretch.of(from, end, runs);
        }
      }
      end = block.endOffset();
    }
    return Stretch.of(from, Math.max(from, Math.min(readTo, limit)), runs);
  }

  private Run run(LogBlock block, long limit, int eventsMax) {
    int low = (int) Math.max(0, from - block.firstOffset());
    int high = (int) Math.min(block.block().count(), limit - block.firstOffset());
    int left = eventsMax;
    int to = low;
    while (to < high && left > 0) {
      if (block.block().isLive(to)) {
        left--;
      }
      to++;
    }
    return new Run(block.block(), block.firstOffset(), block.receivedAtMicros(), low, to);
  }

  /// The block that the next offset lies within, where it does not begin one.
  Optional<LogBlock> within() {
    LogBlock first = blocks.peekFirst();
    return first == null || first.firstOffset() >= from ? Optional.empty() : Optional.of(first);
  }

  /// The blocks that hold entries in `[from, end)`.
  List<LogBlock> below(long end) {
    return blocks.stream().filter(block -> block.firstOffset() < end).toList();
  }

  /// A lane's totals at an offset; empty where it has no block in the window that begins below.
  Optional<Totals> laneAt(LaneKey wanted, long offset) {
    Optional<Totals> at = Optional.empty();
    for (LogBlock block : blocks) {
      if (block.firstOffset() >= offset) {
        break;
      }
      if (block.lane().equals(wanted)) {
        at = Optional.of(block.laneAt(offset));
      }
    }
    return at;
  }

  /// Lets go of everything below the offset.
  void advance(long offset, Consumer<LogBlock> passed) {
    from = Math.max(from, offset);
    LogBlock first = blocks.peekFirst();
    while (first != null && first.endOffset() <= from) {
      blocks.removeFirst();
      bytes -= first.block().sizeBytes();
      passed.accept(first);
      first = blocks.peekFirst();
    }
    if (from > readTo) {
      readTo = from;
      closeReader();
    }
  }

  private void closeReader() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }

  @Override
  public void close() {
    closeReader();
  }
}
