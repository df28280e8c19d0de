package io.pulsegate.core;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.log.Admitted;
import io.pulsegate.log.LogState;
import io.pulsegate.log.Needs;
import io.pulsegate.log.Refusal;
import io.pulsegate.log.Totals;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// The durable, ordered log as intake and delivery see it, so that something else than files on
/// this machine can stand behind it. All methods are for any thread and bear interrupts.
///
/// Readers see only what is durable. Offsets rise within a partition, are never used twice and are
/// not dense.
public interface IngestionLog extends AutoCloseable {
  /// The log's identity: another data folder, another id.
  String id();

  /// Largest block that [#append] takes, in bytes.
  int maxBlockBytes();

  /// Hands one block over; the log picks the partition. Never blocks.
  ///
  /// @return false when it was refused; [AppendCompletion#refused] has been called
  boolean append(
      LaneKey lane, Optional<String> partitionKey, EventBlock block, AppendCompletion completion);

  /// A reader of the frames that begin below `until`, from that offset on, of all lanes or one.
  BlockReader open(int partition, long from, long until, Optional<LaneKey> lane);

  /// The same without an upper bound.
  default BlockReader open(int partition, long from, Optional<LaneKey> lane) {
    return open(partition, from, Long.MAX_VALUE, lane);
  }

  /// The first offset from which on everything is there.
  long start(int partition);

  /// The first offset at which anything is there: below [#start], only what [#release] was told to
  /// be needed.
  long oldest(int partition);

  /// The first offset that is not yet durable.
  long end(int partition);

  /// [#end] as it was when this process opened the log: no honest cursor of an earlier process is
  /// beyond it.
  long endAtOpen(int partition);

  /// Waits until [#end] is greater than `beyond`, the time is over or the log will not go on.
  ///
  /// @return [#end]
  long awaitEnd(int partition, long beyond, long timeoutNanos) throws InterruptedException;

  /// Lets go of what is not needed; how much of it goes is the log's affair. May take as long as to
  /// read a file of the log.
  ///
  /// @return bytes that nobody needs and that are kept for those who read the past
  long release(int partition, Needs needs);

  /// What room there is.
  Space space(int partition);

  /// Room of a partition.
  ///
  /// @param freeBytes what appends can take before they are refused
  /// @param lowBytes with less than that free, space is short: nothing is to be kept that nobody
  ///   needs
  /// @param writtenBytes since the log was opened
  record Space(long freeBytes, long lowBytes, long writtenBytes) {}

  /// The first offset received at or after that time; empty when there is none yet.
  OptionalLong timeToOffset(int partition, Instant time);

  /// Live events and payload bytes of all lanes up to [#end].
  Totals totals(int partition);

  /// The same of one lane.
  Totals totals(int partition, LaneKey lane);

  /// The same of each lane, up to an offset; may read much of a segment.
  Map<LaneKey, Totals> totalsAt(int partition, long offset);

  /// Has the listener told which partitions are this process's to deliver.
  void own(Ownership listener);

  /// Whether the log takes appends, and why not.
  LogState state();

  /// Bytes handed over and not yet durable.
  long pendingBytes();

  /// Has the handler called once when the log is finished: nothing is acknowledged any more, and
  /// the process is expected to end.
  void onFailure(Consumer<String> handler);

  @Override
  void close();

  /// Which partitions are ours. The embedded log assigns partition 0 once.
  interface Ownership {
    /// The partition is ours; `term` rises with every change of owner.
    void assigned(int partition, long term);

    /// It is ours no more.
    void revoked(int partition);
  }

  /// What becomes of one append. [#admit] and [#durable] run on the log's own thread, in log order:
  /// quick, never blocking.
  interface AppendCompletion {
    /// The block is about to get its place, and nothing but a failing disk can refuse it any more.
    /// Duplicates are decided and marked here. Returns what is live of it; with nothing live,
    /// nothing is stored, and the append completes with everything before it.
    Admitted admit(EventBlock block, long firstOffset);

    /// Covered by a sync.
    ///
    /// @param firstOffset offset of entry 0, or -1 when nothing was stored
    void durable(int partition, long firstOffset, long receivedAtMicros);

    /// Not taken; nothing may be acknowledged. On the caller's thread or the log's.
    void refused(Refusal reason);
  }

  /// Reads durable blocks in order. One thread at a time.
  interface BlockReader extends AutoCloseable {
    /// The next blocks: as many as it takes to reach `maxBytes`, at least one where there is one;
    /// empty where there is none yet. The first may begin below the offset asked for.
    List<LogBlock> poll(int maxBytes);

    /// Everything of its lane below this offset has been returned.
    long offset();

    @Override
    void close();
  }

  /// One block as it is stored.
  ///
  /// @param laneAfter the lane's totals with this block
  /// @param logBefore the totals of all lanes before this block
  /// @param logAfter the totals of all lanes with this block
  record LogBlock(
      int partition,
      LaneKey lane,
      long firstOffset,
      long receivedAtMicros,
      EventBlock block,
      Totals laneAfter,
      Totals logBefore,
      Totals logAfter) {
    /// The offset behind its last entry.
    public long endOffset() {
      return firstOffset + block.count();
    }

    /// The lane's totals below an offset within the block.
    public Totals laneAt(long offset) {
      long entries = laneAfter.entries();
      long bytes = laneAfter.bytes();
      for (int i = (int) Math.max(0, offset - firstOffset); i < block.count(); i++) {
        if (block.isLive(i)) {
          entries--;
          bytes -= block.payloadLength(i);
        }
      }
      return new Totals(entries, bytes);
    }

    /// Live entries below an offset within the block.
    public int liveBelow(long offset) {
      int live = 0;
      for (int i = 0; i < Math.min(offset - firstOffset, block.count()); i++) {
        if (block.isLive(i)) {
          live++;
        }
      }
      return live;
    }
  }
}
