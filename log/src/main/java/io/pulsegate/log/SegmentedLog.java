package io.pulsegate.log;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// A durable log in segments: bytes in, offsets out. [Format] has its layout on disk.
///
/// - An append completes after the sync that covers it, and readers see only what is synced.
/// - A write or sync that fails finishes the log: nothing is acknowledged after it, and what waits
///   and what comes is refused. Opening it again recovers.
/// - A full disk is met before a write: appends are refused while free space is down to the
///   reserve.
/// - Offsets rise, are never used twice and are not dense. Received time never decreases.
///
/// One process at a time has it open. All methods are for any thread, and bear interrupts.
public final class SegmentedLog implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");
  static final String LOCK = "log.lock";
  private static final int TRIM_RACES_MAX = 10;

  private final Segments segments;
  private final Lanes lanes;
  private final Identity identity;
  private final LogConfig config;
  private final long endAtOpen;
  private final long tornBytes;
  private final Closeable lock;
  private final Handover handover = new Handover();
  private final Outcomes outcomes = new Outcomes();
  private final FailureReport failure = new FailureReport();
  private final CommitStats commits = new CommitStats();
  private final SpaceGuard space;
  private final Thread committer;
  private final OffsetMark mark;
  private final Trimmer trimmer;
  private final Object trimming = new Object();
  private boolean lockReleased;

  private SegmentedLog(
      Recovered recovered,
      Damage damage,
      SegmentPool pool,
      LogConfig config,
      Disk disk,
      InstantSource clock,
      RandomGenerator random,
      Closeable lock) {
    Optional<MemoryTail> memory =
        config.tailCommits() == 0
            ? Optional.empty()
            : Optional.of(new MemoryTail(config.tailCommits() * config.commitBytesMax()));
    this.segments = new Segments(disk, damage, recovered.segments(), recovered.tail(), memory);
    this.lanes = recovered.lanes();
    this.identity = recovered.identity();
    this.config = config;
    this.endAtOpen = recovered.tail().endOffset();
    this.tornBytes = recovered.tornBytes();
    this.lock = lock;
    this.space = new SpaceGuard(disk, config);
    this.mark = new OffsetMark(recovered.identityFile(), recovered.identity());
    this.trimmer = new Trimmer(segments, pool, new Parking(segments, config), mark, space);
    var roll = new SegmentRoll(recovered, segments, pool, config, random);
    var loop =
        new Committer(
            recovered, mark, segments, roll, config, clock, handover, outcomes, space, failure,
            commits);
    this.committer = Thread.ofPlatform().name("pulsegate-log-committer").unstarted(loop);
  }

  /// Opens the log in the folder, making it where there is none, and recovers it where it was not
  /// closed.
  ///
  /// @param random makes the ids of log and segments: must not repeat itself from one open to the
  ///   next
  /// @throws LogException LOCKED, CORRUPT, FORMAT_TOO_OLD, FORMAT_TOO_NEW, DISK_FULL or IO_FAILED
  public static SegmentedLog open(
      LogConfig config, Disk disk, InstantSource clock, RandomGenerator random) {
    try {
      return RealDisk.onPlatformThread(() -> openLocked(config, disk, clock, random));
    } catch (IOException e) {
      throw new LogException(LogException.Code.IO_FAILED, "opening the log failed: " + e, e);
    }
  }

  private static SegmentedLog openLocked(
      LogConfig config, Disk disk, InstantSource clock, RandomGenerator random) throws IOException {
    Closeable lock = lock(disk);
    try {
      long usable = disk.usableBytes();
      if (usable < config.commitBytesMax()) {
        throw new LogException(
            LogException.Code.DISK_FULL,
            "Only %d bytes are free where the log is; opening it may take %d. The log was left as it is. Free some space and start again."
                .formatted(usable, config.commitBytesMax()));
      }
      var damage = new Damage();
      var pool = new SegmentPool(disk, config);
      Recovered recovered = new Recovery(disk, config, damage, pool).run(random);
      var log = new SegmentedLog(recovered, damage, pool, config, disk, clock, random, lock);
      log.committer.start();
      LOGGER.log(
          Level.INFO,
          "log opened: id={0} generation={1} segments={2} start={3} end={4}",
          log.id(),
          Long.toString(log.generation()),
          Integer.toString(recovered.segments().size()),
          Long.toString(log.start()),
          Long.toString(log.end()));
      return log;
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static Closeable lock(Disk disk) throws IOException {
    try {
      return disk.lock(LOCK);
    } catch (FileAlreadyExistsException e) {
      throw new LogException(
          LogException.Code.LOCKED,
          "Another process has this log open (%s). Stop it first, or use another folder."
              .formatted(e.getFile()),
          e);
    }
  }

  /// Hands an append to the committer. Never blocks.
  ///
  /// @return false when it was refused; [Append#refused] has been called
  /// @throws IllegalArgumentException when lane, count or size are out of range
  public boolean append(Append append) {
    int bodyBytes = append.body().remaining();
    int count = append.count();
    String lane = append.lane();
    int laneBytes = LaneKey.checkedBytes(lane);
    if (bodyBytes > config.maxBodyBytes() || count < 1 || count > Format.COUNT_MAX) {
      throw new IllegalArgumentException(
          "append of %d bytes (at most %d) and %d entries (1 to %d)"
              .formatted(bodyBytes, config.maxBodyBytes(), count, Format.COUNT_MAX));
    }
    int frameBytes = Format.frameBytes(laneBytes, bodyBytes);
    var pending = new PendingAppend(append, lane, bodyBytes, frameBytes, count);
    if (outcomes.enter(frameBytes) > config.pendingBytesMax()) {
      outcomes.refuse(append, frameBytes, Refusal.BUSY);
      return false;
    }
    if (!handover.push(pending)) {
      Refusal reason = failure.failure() == null ? Refusal.CLOSED : Refusal.FAILED;
      outcomes.refuse(append, frameBytes, reason);
      return false;
    }
    return true;
  }

  /// The first offset from which on everything is there. Below it there may be frames that were
  /// needed, from [#oldest] on.
  public long start() {
    return Math.max(oldest(), Math.min(mark.releasedBelow(), end()));
  }

  /// The first offset at which anything is there: below [#start], only what [#release] was told to
  /// be needed.
  public long oldest() {
    var first = segments.all().firstEntry();
    return first == null ? end() : Math.min(first.getKey(), end());
  }

  /// The first offset that is not yet durable; readers see only what is below.
  public long end() {
    return segments.tail().endOffset();
  }

  /// The log's identity: another folder, another id.
  public String id() {
    return identity.logId().toString();
  }

  /// Which open of the log this is; rises with each.
  public long generation() {
    return identity.generation();
  }

  /// [#end] as it was found at open. A cursor beyond it belongs to a log that is not this one, or
  /// to a later state of it than the one that was restored.
  public long endAtOpen() {
    return endAtOpen;
  }

  /// Waits until [#end] is greater than `beyond`, the time is over, or the log will not go on.
  ///
  /// @return [#end]
  public long awaitEnd(long beyond, long timeoutNanos) throws InterruptedException {
    return segments.awaitEnd(beyond, timeoutNanos);
  }

  /// A reader from that offset on, of all lanes or one.
  public LogReader reader(long fromOffset, Optional<String> lane) {
    return reader(fromOffset, lane, Long.MAX_VALUE);
  }

  /// The same, for frames that begin below `untilOffset`.
  public LogReader reader(long fromOffset, Optional<String> lane, long untilOffset) {
    return new LogReader(segments, fromOffset, lane, untilOffset);
  }

  /// Deletes segments whose offsets are all below; never the last one.
  ///
  /// @throws LogException IO_FAILED; what could not be deleted is gone for readers and still counts
  ///   in [#stats]; the next call begins with it
  public void trim(long below) {
    var _ = release(Needs.nothingBelow(below));
  }

  /// Gives up what is not needed, except in the last segment. Frames that some lanes need of a
  /// segment are copied, with their offsets, synced, and only then the segment goes. May take as
  /// long as to read a segment.
  ///
  /// @return bytes of files that nobody needs and that are kept for those who read the past
  /// @throws LogException IO_FAILED; nothing that is needed is lost, and the next call goes on
  public long release(Needs needs) {
    synchronized (trimming) {
      try {
        return RealDisk.onPlatformThread(() -> trimmer.release(needs));
      } catch (IOException e) {
        throw new LogException(LogException.Code.IO_FAILED, "deleting segments failed: " + e, e);
      }
    }
  }

  /// Bytes that appends can still take before they are refused; less than zero where space for that
  /// is taken already.
  ///
  /// @throws LogException IO_FAILED
  public long freeBytes() {
    try {
      return space.freeBytes();
    } catch (IOException e) {
      throw new LogException(LogException.Code.IO_FAILED, "asking for free space failed: " + e, e);
    }
  }

  /// Totals of all lanes at [#end].
  public Totals totals() {
    return segments.tail().totals();
  }

  /// Totals of one lane at [#end]; zero for one that is not known.
  public Totals totals(String lane) {
    return lanes.durable(lane);
  }

  /// Totals of each lane of what is in frames that end at or below the offset; for an offset below
  /// [#start], totals at [#start]. Reads the frame headers of at most one segment.
  ///
  /// @throws LogException IO_FAILED
  public Map<String, Totals> totalsAt(long offset) {
    return reading("totals", () -> LaneTotals.at(segments, offset));
  }

  /// The first offset received at or after that time; empty when there is none yet.
  ///
  /// @throws LogException IO_FAILED
  public OptionalLong offsetAt(Instant time) {
    return reading("a time", () -> TimeSearch.offsetAt(segments, LogTime.micros(time)));
  }

  /// Begins again when a segment was trimmed away under it.
  private static <T> T reading(String what, RealDisk.IoCall<T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.call();
      } catch (NoSuchFileException e) {
        if (attempt == TRIM_RACES_MAX) {
          throw new LogException(
              LogException.Code.IO_FAILED, "a segment is missing, looking for " + what, e);
        }
      } catch (IOException e) {
        throw new LogException(
            LogException.Code.IO_FAILED, "reading the log for " + what + " failed: " + e, e);
      }
    }
  }

  public LogState state() {
    LogException failed = failure.failure();
    if (failed != null) {
      return new LogState(LogState.Status.FAILED, String.valueOf(failed.getMessage()));
    }
    if (handover.isClosed()) {
      return new LogState(LogState.Status.CLOSED, "the log is closed");
    }
    return space.isFull()
        ? new LogState(
            LogState.Status.DISK_FULL,
            "free space on the log's disk is down to the reserve of %d bytes; appends are taken again when some is freed, by you or by sinks that catch up"
                .formatted(config.reserveBytes()))
        : LogState.ACCEPTING;
  }

  /// Has the handler called once, on a thread of its own, when a write or sync has failed (at once
  /// if it has already). The process is expected to end then.
  public void onFailure(Consumer<LogException> handler) {
    failure.onFailure(handler);
  }

  /// Has the listener told of every commit from now on, instead of the one before.
  public void onCommit(CommitListener listener) {
    commits.listener(listener);
  }

  public LogStats stats() {
    List<Segment> all = new ArrayList<>(segments.all().values());
    all.addAll(trimmer.doomed());
    return new LogStats(
        outcomes.pendingBytes(),
        all.size(),
        all.stream().mapToLong(Segment::fileBytes).sum(),
        all.stream()
            .filter(segment -> segment.header().isParked())
            .mapToLong(Segment::fileBytes)
            .sum(),
        segments.damage.frames(),
        segments.damage.bytes(),
        tornBytes,
        commits.commits(),
        commits.bytes());
  }

  /// Refuses new appends, finishes those handed over, seals the open segment and ends. Not to be
  /// called by an [Append].
  ///
  /// @throws LogException IO_FAILED when the lock could not be released
  @Override
  public void close() {
    handover.close();
    boolean interrupted = false;
    while (committer.isAlive()) {
      try {
        committer.join(TimeUnit.SECONDS.toMillis(1));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    segments.end();
    release();
  }

  private void release() {
    synchronized (trimming) {
      if (!lockReleased) {
        lockReleased = true;
        try {
          lock.close();
        } catch (IOException e) {
          throw new LogException(
              LogException.Code.IO_FAILED, "releasing the log's lock failed: " + e, e);
        }
      }
    }
  }
}
