package io.pulsegate.core;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Metrics;
import io.pulsegate.log.Admitted;
import io.pulsegate.log.Append;
import io.pulsegate.log.Disk;
import io.pulsegate.log.Frame;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.LogReader;
import io.pulsegate.log.LogState;
import io.pulsegate.log.Needs;
import io.pulsegate.log.RealDisk;
import io.pulsegate.log.Refusal;
import io.pulsegate.log.SegmentedLog;
import io.pulsegate.log.Totals;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The log in segments on this machine: one partition, 0. The body of a frame is an [EventBlock].
public final class EmbeddedLog implements IngestionLog {
  private static final int PARTITION = 0;

  /// With room for fewer segments, space is short.
  private static final long LOW_SEGMENTS = 4;

  private final SegmentedLog log;
  private final int maxBlockBytes;
  private final long lowBytes;

  private EmbeddedLog(SegmentedLog log, LogConfig config) {
    this.log = log;
    this.maxBlockBytes = config.maxBodyBytes();
    this.lowBytes = LOW_SEGMENTS * config.segmentBytes();
  }

  /// Opens the log in the folder, making or recovering it where needed.
  ///
  /// @param random must not repeat itself from one open to the next
  /// @throws io.pulsegate.log.LogException as [SegmentedLog#open]
  public static EmbeddedLog open(
      Path folder, LogConfig config, InstantSource clock, RandomGenerator random, Metrics metrics) {
    return open(RealDisk.at(folder), config, clock, random, metrics);
  }

  static EmbeddedLog open(
      Disk disk, LogConfig config, InstantSource clock, RandomGenerator random, Metrics metrics) {
    SegmentedLog log = SegmentedLog.open(config, disk, clock, random);
    var syncTime = metrics.histogram(CoreMetric.LOG_SYNC_TIME);
    var commitBytes = metrics.histogram(CoreMetric.LOG_COMMIT_BYTES);
    var commitEvents = metrics.histogram(CoreMetric.LOG_COMMIT_EVENTS);
    log.onCommit((bytes, frames, entries, nanos) -> {
      syncTime.observe(nanos / 1e6);
      commitBytes.observe(bytes);
      commitEvents.observe(entries);
    });
    metrics.gauge(CoreMetric.LOG_PENDING_BYTES, () -> log.stats().pendingBytes());
    metrics.gauge(CoreMetric.LOG_DISK_BYTES, () -> log.stats().diskBytes());
    metrics.gauge(CoreMetric.LOG_PARKED_BYTES, () -> log.stats().parkedBytes());
    metrics.gauge(CoreMetric.LOG_DAMAGED_FRAMES, () -> log.stats().damagedFrames());
    return new EmbeddedLog(log, config);
  }

  @Override
  public String id() {
    return log.id();
  }

  @Override
  public int maxBlockBytes() {
    return maxBlockBytes;
  }

  @Override
  public boolean append(
      LaneKey lane, Optional<String> partitionKey, EventBlock block, AppendCompletion completion) {
    return log.append(new BlockAppend(lane.toString(), block, completion));
  }

  /// One block on its way into the log.
  private record BlockAppend(String lane, EventBlock block, AppendCompletion completion)
      implements Append {
    @Override
    public ByteBuffer body() {
      return ByteBuffer.wrap(block.bytes(), block.from(), block.sizeBytes());
    }

    @Override
    public int count() {
      return block.count();
    }

    @Override
    public Admitted admit(long firstOffset) {
      return completion.admit(block, firstOffset);
    }

    @Override
    public void durable(long firstOffset, long receivedMicros) {
      completion.durable(PARTITION, firstOffset, receivedMicros);
    }

    @Override
    public void refused(Refusal reason) {
      completion.refused(reason);
    }
  }

  @Override
  public BlockReader open(int partition, long from, long until, Optional<LaneKey> lane) {
    return new Reader(log.reader(from, lane.map(LaneKey::toString), until));
  }

  /// Turns frames into blocks.
  private record Reader(LogReader frames) implements BlockReader {
    @Override
    public List<LogBlock> poll(int maxBytes) {
      return frames.poll(maxBytes).stream().map(Reader::block).toList();
    }

    private static LogBlock block(Frame frame) {
      ByteBuffer body = frame.body();
      int from = body.arrayOffset() + body.position();
      return new LogBlock(
          PARTITION,
          LaneKey.parse(frame.lane()),
          frame.firstOffset(),
          frame.receivedMicros(),
          new EventBlock(body.array(), from, from + body.remaining()),
          frame.laneAfter(),
          frame.logBefore(),
          frame.logAfter());
    }

    @Override
    public long offset() {
      return frames.offset();
    }

    @Override
    public void close() {
      frames.close();
    }
  }

  @Override
  public long start(int partition) {
    return log.start();
  }

  @Override
  public long end(int partition) {
    return log.end();
  }

  @Override
  public long endAtOpen(int partition) {
    return log.endAtOpen();
  }

  @Override
  public long awaitEnd(int partition, long beyond, long timeoutNanos) throws InterruptedException {
    return log.awaitEnd(beyond, timeoutNanos);
  }

  @Override
  public long oldest(int partition) {
    return log.oldest();
  }

  @Override
  public long release(int partition, Needs needs) {
    return log.release(needs);
  }

  @Override
  public Space space(int partition) {
    return new Space(log.freeBytes(), lowBytes, log.stats().commitBytes());
  }

  @Override
  public OptionalLong timeToOffset(int partition, Instant time) {
    return log.offsetAt(time);
  }

  @Override
  public Totals totals(int partition) {
    return log.totals();
  }

  @Override
  public Totals totals(int partition, LaneKey lane) {
    return log.totals(lane.toString());
  }

  @Override
  public Map<LaneKey, Totals> totalsAt(int partition, long offset) {
    var byLane = new HashMap<LaneKey, Totals>();
    log.totalsAt(offset).forEach((lane, totals) -> byLane.put(LaneKey.parse(lane), totals));
    return byLane;
  }

  @Override
  public void own(Ownership listener) {
    listener.assigned(PARTITION, log.generation());
  }

  @Override
  public LogState state() {
    return log.state();
  }

  @Override
  public long pendingBytes() {
    return log.stats().pendingBytes();
  }

  @Override
  public void onFailure(Consumer<String> handler) {
    log.onFailure(failure -> handler.accept(String.valueOf(failure.getMessage())));
  }

  @Override
  public void close() {
    log.close();
  }
}
