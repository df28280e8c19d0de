package io.pulsegate.core.intake;

import io.pulsegate.api.Durability;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.AppendCompletion;
import io.pulsegate.core.intake.Deduplicator.Verdict;
import io.pulsegate.log.Admitted;
import io.pulsegate.log.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One request on its way through the log: as many appends as it has blocks, one outcome.
final class PendingRequest {
  /// What intake does with what becomes of a request.
  interface Desk {
    /// The duplicates of a block, on the log's thread.
    Verdict decide(LaneKey lane, EventBlock block, long firstOffset);

    /// A block is durable, on the log's thread.
    void durable(PendingRequest request, EventBlock block, Verdict verdict);

    /// A block that was decided is not stored after all, on the log's thread.
    void undecide(LaneKey lane);

    /// A block was not taken though the request has been accepted; at level memory alone.
    void lost(EventBlock block);

    /// The outcome of a refused request.
    Outcome.Unavailable unavailable(Refusal reason);

    /// The request has its outcome; called once. Throws nothing.
    void reply(Outcome outcome);

    /// Nothing of the request is on its way any more; called once.
    void finished(PendingRequest request);
  }

  /// Most that the log adds to a block: header, lane and padding.
  private static final int FRAME_BYTES_MAX = 512;

  final Tenant tenant;
  final int events;

  /// Bytes of its blocks.
  final long bytes;

  /// Room that the request takes up in the log until it is durable, at most.
  final long pendingBytes;

  private final List<EventBlock> blocks;
  private final Desk desk;
  private final AtomicInteger open;

  // What was decided first, the reply or a refusal, holds: guarded by this.
  private boolean replied;
  private @Nullable Refusal refusal;

  // Written on the log's thread alone, read by it when the last block is through.
  private final List<Integer> duplicates = new ArrayList<>(0);
  private final List<Integer> conflicts = new ArrayList<>(0);
  private int accepted;
  private int partition;
  private long firstOffset = -1;

  PendingRequest(Tenant tenant, List<EventBlock> blocks, Desk desk) {
    this.tenant = tenant;
    this.blocks = blocks;
    this.desk = desk;
    this.events = blocks.stream().mapToInt(EventBlock::count).sum();
    this.bytes = blocks.stream().mapToLong(EventBlock::sizeBytes).sum();
    this.pendingBytes =
        blocks.stream().mapToLong(block -> block.sizeBytes() + FRAME_BYTES_MAX).sum();
    this.open = new AtomicInteger(1);
  }

  /// Appends the blocks in order; stops at the first that is refused.
  void handOver(IngestionLog log) {
    try {
      int base = 0;
      boolean taken = true;
      for (EventBlock block : blocks) {
        if (taken) {
          taken = append(log, block, base);
          base += block.count();
        }
      }
      if (tenant.durability() == Durability.MEMORY && claimReply(true)) {
        desk.reply(new Outcome.Accepted(Durability.MEMORY, events, List.of(), List.of(), 0, -1));
      }
    } finally {
      settle();
    }
  }

  private boolean append(IngestionLog log, EventBlock block, int base) {
    open.incrementAndGet();
    var completion = new Completion(block, base);
    try {
      return log.append(tenant.lane(), Optional.empty(), block, completion);
    } catch (RuntimeException | Error e) {
      completion.refused(Refusal.FAILED);
      throw e;
    }
  }

  /// Answers without handing anything over.
  void turnAway(Refusal reason) {
    var _ = refuse(reason);
    settle();
  }

  /// Answers so without handing anything over.
  void turnAway(Outcome outcome) {
    if (claimReply(false)) {
      desk.reply(outcome);
    }
    settle();
  }

  /// True for the one who is to reply: once, and, where asked, only while nothing was refused.
  private synchronized boolean claimReply(boolean unlessRefused) {
    if (replied || (unlessRefused && refusal != null)) {
      return false;
    }
    replied = true;
    return true;
  }

  /// False where the request has been accepted already.
  private synchronized boolean refuse(Refusal reason) {
    refusal = reason;
    return !replied;
  }

  private synchronized @Nullable Refusal refusal() {
    return refusal;
  }

  /// One block's way.
  private final class Completion implements AppendCompletion {
    private final EventBlock block;
    private final int base;
    private final AtomicBoolean through = new AtomicBoolean();
    private @Nullable Verdict verdict;

    Completion(EventBlock block, int base) {
      this.block = block;
      this.base = base;
    }

    @Override
    public Admitted admit(EventBlock sameBlock, long firstOffset) {
      Verdict decided = desk.decide(tenant.lane(), block, firstOffset);
      verdict = decided;
      return decided.live() == 0
          ? Admitted.NOTHING
          : new Admitted(decided.live(), decided.liveBytes());
    }

    @Override
    public void durable(int partition, long blockOffset, long receivedAtMicros) {
      if (verdict == null) {
        throw new IllegalStateException("durable before it was admitted");
      }
      if (through.getAndSet(true)) {
        return;
      }
      try {
        take(verdict, base, partition, blockOffset);
        desk.durable(PendingRequest.this, block, verdict);
      } finally {
        settle();
      }
    }

    @Override
    public void refused(Refusal reason) {
      if (through.getAndSet(true)) {
        return;
      }
      try {
        if (verdict != null) {
          desk.undecide(tenant.lane());
        }
        if (!refuse(reason)) {
          desk.lost(block);
        }
      } finally {
        settle();
      }
    }
  }

  private void take(Verdict verdict, int base, int partition, long blockOffset) {
    accepted += verdict.live();
    verdict.duplicates().forEach(i -> duplicates.add(base + i));
    verdict.conflicts().forEach(i -> conflicts.add(base + i));
    this.partition = partition;
    if (firstOffset < 0 && verdict.firstLive() >= 0) {
      firstOffset = blockOffset + verdict.firstLive();
    }
  }

  /// One block, or the handing over itself, is through; the last one makes the outcome.
  private void settle() {
    if (open.decrementAndGet() > 0) {
      return;
    }
    try {
      if (claimReply(false)) {
        Refusal refused = refusal();
        desk.reply(
            refused != null
                ? desk.unavailable(refused)
                : new Outcome.Accepted(
                    Durability.DISK, accepted, duplicates, conflicts, partition, firstOffset));
      }
    } finally {
      desk.finished(this);
    }
  }
}
