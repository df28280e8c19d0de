package io.pulsegate.log;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// The one thread that writes: takes all that waits, up to a commit's size, writes and syncs it,
/// completes it, and so on. While a sync is under way everything that arrives gathers for the next
/// one, so there are no timers: an append alone takes one write and one sync.
///
/// A platform thread that nobody else holds, so that nothing can interrupt it: an interrupt would
/// close the file under it.
final class Committer implements Runnable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.log");

  private final Segments segments;
  private final Lanes lanes;
  private final SegmentRoll roll;
  private final int indexBytes;
  private final InstantSource clock;
  private final Handover handover;
  private final Outcomes outcomes;
  private final SpaceGuard space;
  private final FailureReport failure;
  private final CommitStats stats;
  private final BlockBuilder block;
  private final OffsetMark mark;

  // Where the log goes on, with what has its place though it is not synced yet.
  private long nextOffset;
  private long nextSequence;
  private long lastMicros;
  private Totals totals;

  private @Nullable PendingAppend queue; // taken over and not yet in a commit, oldest first
  private @Nullable PendingAppend inCommit; // being written

  Committer(
      Recovered recovered,
      OffsetMark mark,
      Segments segments,
      SegmentRoll roll,
      LogConfig config,
      InstantSource clock,
      Handover handover,
      Outcomes outcomes,
      SpaceGuard space,
      FailureReport failure,
      CommitStats stats) {
    this.segments = segments;
    this.lanes = recovered.lanes();
    this.roll = roll;
    this.indexBytes = config.indexBytes();
    this.clock = clock;
    this.handover = handover;
    this.outcomes = outcomes;
    this.space = space;
    this.failure = failure;
    this.stats = stats;
    this.block = new BlockBuilder(config.commitBytesMax());
    this.mark = mark;
    this.nextOffset = recovered.identity().nextOffset();
    this.nextSequence = recovered.nextSequence();
    this.lastMicros = recovered.tail().lastMicros();
    this.totals = recovered.tail().totals();
  }

  @Override
  public void run() {
    try {
      while (true) {
        // Asked before taking: what is pushed before the close is taken, what comes later is
        // refused.
        boolean closed = handover.isClosed();
        if (queue == null) {
          queue = handover.takeAll();
        }
        if (queue != null) {
          commit(queue);
        } else if (closed) {
          finish();
          return;
        } else {
          handover.await();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    }
  }

  private void finish() throws IOException {
    roll.finish(nextSequence, totals);
    mark.settle(nextOffset);
    mark.close();
  }

  private void commit(PendingAppend first) throws IOException {
    long firstBytes = Format.pageUp(Format.BLOCK_HEADER_BYTES + first.frameBytes);
    SegmentWriter to = roll.openWith(firstBytes);
    if (!space.hasRoomFor(space.neededForCommit(to == null))) {
      roll.dropReady();
      queue = null;
      outcomes.refuse(first, Refusal.DISK_FULL);
      return;
    }
    if (to == null) {
      to = roll.takeNext(nextOffset, nextSequence, lastMicros, totals);
    }
    mark.cover(nextOffset + Format.COMMIT_ENTRIES_MAX);
    long micros = Math.max(lastMicros, LogTime.micros(clock.instant()));
    PendingAppend last = form(first, to, micros);
    queue = last.next;
    last.next = null;
    inCommit = first;
    if (!block.isEmpty()) {
      writeBlock(to, micros);
      if (to.isHalfFull()) {
        roll.prepareNext();
      }
    }
    inCommit = null;
    outcomes.complete(first, micros);
  }

  /// Admits and places appends while they fit; returns the last one that is settled by this commit.
  private PendingAppend form(PendingAppend first, SegmentWriter to, long micros) {
    block.begin(to.segment().header());
    int granule = to.segment().index().granuleOf(to.position(), indexBytes);
    PendingAppend last = first;
    PendingAppend candidate = first;
    while (candidate != null && fits(candidate, to)) {
      place(candidate, granule, micros);
      last = candidate;
      if (candidate.next == null) {
        candidate.next = handover.takeAll();
      }
      candidate = candidate.next;
    }
    return last;
  }

  private boolean fits(PendingAppend append, SegmentWriter to) {
    return block.hasRoom(append.frameBytes, append.count)
        && (block.isEmpty() || to.hasRoom(block.bytesWith(append.frameBytes)));
  }

  private void place(PendingAppend pending, int granule, long micros) {
    Admitted live;
    try {
      if (sizeChanged(pending)) {
        throw new IllegalStateException(
            "the body had %d bytes when it was appended".formatted(pending.bodyBytes));
      }
      live = admitted(pending);
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "append refused: its admit() failed", e);
      outcomes.settleRefused(pending, Refusal.FAILED);
      return;
    }
    if (live.entries() == 0) {
      return;
    }
    Lane lane = lanes.lane(pending.lane);
    block.add(
        lane, pending.append.body(), pending.count, live, nextOffset, nextSequence, micros, totals);
    lanes.touch(lane, granule);
    lane.add(live);
    totals = totals.plus(live);
    pending.firstOffset = nextOffset;
    nextOffset += pending.count;
    nextSequence++;
  }

  /// Asks the caller, who may have taken note of the append when this returns: from there on a
  /// contradiction finishes the log, because the append can no longer be refused as if nothing had
  /// been.
  private Admitted admitted(PendingAppend pending) {
    Admitted live = pending.append.admit(nextOffset);
    if (live.entries() > pending.count || sizeChanged(pending)) {
      throw new AssertionError(
          "append of lane %s has %d live of %d entries, body of %d bytes was %d"
              .formatted(
                  pending.lane,
                  live.entries(),
                  pending.count,
                  pending.append.body().remaining(),
                  pending.bodyBytes));
    }
    return live;
  }

  private static boolean sizeChanged(PendingAppend pending) {
    return pending.append.body().remaining() != pending.bodyBytes;
  }

  /// Writes and syncs the block; only then anything of it is to be seen.
  private void writeBlock(SegmentWriter to, long micros) throws IOException {
    long blockAt = to.position();
    ByteBuffer bytes = block.finish(blockAt, segments.tail().endOffset());
    int blockBytes = bytes.remaining();
    long begun = System.nanoTime();
    to.write(bytes);
    long syncNanos = System.nanoTime() - begun;
    lastMicros = micros;
    Segment segment = to.segment();
    SegmentIndex index = segment.index();
    if (index.granuleOf(blockAt, indexBytes) == index.size()) {
      index.add(blockAt, block.firstOffset(), micros);
    }
    segment.advance(to.position(), nextOffset, micros);
    segments.memory.ifPresent(memory -> memory.synced(segment, blockAt, bytes.rewind()));
    lanes.publishTouched();
    segments.publish(new Tail(segment, to.position(), nextOffset, micros, totals));
    stats.committed(blockBytes, block.frames(), block.entries(), syncNanos);
  }

  /// The log is finished: nothing is acknowledged any more, and what waits is refused.
  private void fail(Throwable cause) {
    failure.failed(cause, segments.tail().endOffset());
    handover.close();
    for (PendingAppend waiting :
        new @Nullable PendingAppend[] {inCommit, queue, handover.takeAll()}) {
      if (waiting != null) {
        outcomes.refuse(waiting, Refusal.FAILED);
      }
    }
    segments.end();
    try {
      roll.close();
      mark.close();
    } catch (IOException | RuntimeException e) {
      LOGGER.log(Level.DEBUG, "closing the segment of a failed log failed too", e);
    }
    failure.report();
  }
}
