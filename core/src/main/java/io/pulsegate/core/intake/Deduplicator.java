package io.pulsegate.core.intake;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.LaneKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Knows which events the log holds already, by (tenant, event id) and (tenant, idempotency key).
///
/// The window, exactly:
///
/// - Each lane has its own, of generations that are dropped whole. When the memory is short, the
///   lane that holds most gives up its oldest generation, and of its only one the older half;
///   nobody else gives up anything: a lane below the equal share keeps all it has, whatever others
///   send.
/// - Within it the answer is exact: 128-bit keyed hashes are compared whole, nothing probabilistic.
/// - After a restart it holds what the log's last [#pinnedLogBytes] of payload give; the log is not
///   trimmed below [#windowStart] for that.
///
/// An event is a duplicate where its id or its idempotency key is known; its keys are entered only
/// where it is none. Ids made at intake are not entered.
///
/// [#decide] and [#restore]: one thread at a time, in log order (the log's thread, after the
/// start). The rest: any thread.
public final class Deduplicator {
  /// Log that is kept for the rebuild, per byte of memory.
  private static final int LOG_BYTES_PER_BYTE = 8;

  /// Share of the memory that one generation of a lane may take: a third of the lane's.
  private static final int GENERATIONS = 3;

  private static final int MARKS = 16;

  private final long bytesMax;
  private final Map<LaneKey, LaneWindow> lanes = new HashMap<>();
  private final ArrayDeque<Long> marks = new ArrayDeque<>();
  private long bytesSinceMark;

  private long bytes;
  private long keys;
  private long heldFrom = Long.MAX_VALUE;
  private long pinnedFrom;

  /// Never read: it keeps the fetching from being taken for idle work.
  @SuppressWarnings("UnusedVariable")
  private long touched;

  // What other threads see of the above, after each block.
  private volatile long bytesSeen;
  private volatile long keysSeen;
  private volatile long windowStartSeen;

  /// @param bytesMax memory for keys; below 1,344 nothing is deduplicated
  public Deduplicator(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// What was decided about a block.
  ///
  /// @param live events that are not duplicates
  /// @param liveBytes their payload bytes
  /// @param firstLive index of the first of them; -1 where there is none
  /// @param duplicates indexes in the block
  /// @param conflicts those of them whose payload differs from the first one's
  public record Verdict(
      int live, long liveBytes, int firstLive, List<Integer> duplicates, List<Integer> conflicts) {}

  /// Marks the block's duplicates, those within it too, and enters the keys of the others.
  public Verdict decide(LaneKey lane, EventBlock block, long firstOffset) {
    try {
      return decideInOrder(lane, block, firstOffset);
    } catch (RuntimeException | Error e) {
      forget(lane);
      throw e;
    }
  }

  /// Gives up all that is known of a lane. For a block that was decided and is not stored after
  /// all: its keys must not stay, as the sender's next try would be taken for a duplicate and be
  /// lost.
  void forget(LaneKey lane) {
    LaneWindow window = lanes.remove(lane);
    if (window != null) {
      bytes -= window.bytes();
      keys -= window.size();
    }
  }

  private Verdict decideInOrder(LaneKey lane, EventBlock block, long firstOffset) {
    LaneWindow window = lanes.computeIfAbsent(lane, _ -> new LaneWindow());
    touch(window, block);
    int live = 0;
    long liveBytes = 0;
    int firstLive = -1;
    var duplicates = new ArrayList<Integer>(0);
    var conflicts = new ArrayList<Integer>(0);
    for (int i = 0; i < block.count(); i++) {
      long id =
          hasIdKey(block, i) ? window.find(block.idKeyHigh(i), block.idKeyLow(i)) : KeyTable.ABSENT;
      long idempotency =
          hasIdempotencyKey(block, i)
              ? window.find(block.idempotencyKeyHigh(i), block.idempotencyKeyLow(i))
              : KeyTable.ABSENT;
      if (id != KeyTable.ABSENT || idempotency != KeyTable.ABSENT) {
        block.markDuplicate(i);
        duplicates.add(i);
        if (differs(id, block, i) || differs(idempotency, block, i)) {
          conflicts.add(i);
        }
      } else {
        enter(window, block, i, firstOffset + i);
        firstLive = live == 0 ? i : firstLive;
        live++;
        liveBytes += block.payloadLength(i);
      }
    }
    endBlock(firstOffset, liveBytes);
    return new Verdict(live, liveBytes, firstLive, duplicates, conflicts);
  }

  /// In a large window every key is somewhere else in memory: fetched one after the other they take
  /// twice as long as all at once (measured).
  private void touch(LaneWindow window, EventBlock block) {
    long sum = 0;
    for (int i = 0; i < block.count(); i++) {
      sum += window.touch(block.idKeyHigh(i));
    }
    touched = sum;
  }

  /// Enters the keys of a block that is in the log, before the first [#decide].
  void restore(LaneKey lane, EventBlock block, long firstOffset) {
    LaneWindow window = lanes.computeIfAbsent(lane, _ -> new LaneWindow());
    long liveBytes = 0;
    for (int i = 0; i < block.count(); i++) {
      if (block.isLive(i)) {
        enter(window, block, i, firstOffset + i);
        liveBytes += block.payloadLength(i);
      }
    }
    endBlock(firstOffset, liveBytes);
  }

  /// Payload bytes at the log's end that the window may reach back to after a restart.
  long pinnedLogBytes() {
    return pinnedLogBytes(bytesMax);
  }

  /// The same for so much memory: what a start reads at most before it takes the first event.
  public static long pinnedLogBytes(long bytesMax) {
    return LOG_BYTES_PER_BYTE * bytesMax;
  }

  /// The log must be kept from this offset on, so that a restart finds the window again.
  public long windowStart() {
    return windowStartSeen;
  }

  /// Keys held now.
  public long keysHeld() {
    return keysSeen;
  }

  /// Memory they take, at most the limit.
  public long bytesHeld() {
    return bytesSeen;
  }

  private static boolean hasIdKey(EventBlock block, int i) {
    return (block.flags(i) & EventFlag.ID_MADE) == 0
        && (block.idKeyHigh(i) | block.idKeyLow(i)) != 0;
  }

  private static boolean hasIdempotencyKey(EventBlock block, int i) {
    return (block.idempotencyKeyHigh(i) | block.idempotencyKeyLow(i)) != 0;
  }

  private static boolean differs(long checksum, EventBlock block, int i) {
    return checksum != KeyTable.ABSENT && (int) checksum != block.payloadCrc(i);
  }

  private void enter(LaneWindow window, EventBlock block, int i, long offset) {
    int checksum = block.payloadCrc(i);
    if (hasIdKey(block, i)) {
      add(window, block.idKeyHigh(i), block.idKeyLow(i), checksum, offset);
    }
    if (hasIdempotencyKey(block, i)) {
      add(window, block.idempotencyKeyHigh(i), block.idempotencyKeyLow(i), checksum, offset);
    }
  }

  private void add(LaneWindow window, long high, long low, int checksum, long offset) {
    KeyTable newest = window.newest();
    KeyTable to = newest == null || newest.isFull() ? makeRoom(window, offset) : newest;
    if (to != null) {
      to.add(high, low, checksum);
      keys++;
    }
  }

  /// A table of the lane with room for one more; null where the memory does not give one.
  private @Nullable KeyTable makeRoom(LaneWindow window, long offset) {
    long slotsMax = bytesMax / KeyTable.SLOT_BYTES;
    int share =
        Math.clamp(slotsMax / (GENERATIONS * (long) lanes.size()), LaneWindow.SLOTS_MIN, 1 << 29);
    KeyTable newest = window.newest();
    int slots =
        newest == null
            ? LaneWindow.SLOTS_MIN
            : Math.min(share, newest.slots() < share ? 2 * newest.slots() : newest.slots());
    if (!freeFor((long) slots * KeyTable.SLOT_BYTES)) {
      return null;
    }
    // What was dropped to make room may have been this lane's own newest.
    if (newest != null && newest.slots() < slots && newest == window.newest()) {
      KeyTable grown = newest.grownTo(slots);
      window.replaceNewest(grown);
      bytes += grown.bytes() - newest.bytes();
      return grown;
    }
    var begun = new KeyTable(slots, offset);
    window.begin(begun);
    bytes += begun.bytes();
    heldFrom = Math.min(heldFrom, offset);
    return begun;
  }

  private boolean freeFor(long needed) {
    while (bytes + needed > bytesMax) {
      LaneWindow largest = null;
      long most = 0;
      for (LaneWindow lane : lanes.values()) {
        long held = lane.bytes();
        if (held > most) {
          most = held;
          largest = lane;
        }
      }
      if (largest == null) {
        return false;
      }
      int size = largest.size();
      largest.giveUpOldest();
      bytes -= most - largest.bytes();
      keys -= size - largest.size();
      heldFrom = lanes.values().stream().mapToLong(LaneWindow::firstOffset).min().orElseThrow();
    }
    return true;
  }

  /// Notes where the log stood every sixteenth of what it is kept for, and publishes.
  private void endBlock(long offset, long liveBytes) {
    bytesSinceMark += liveBytes;
    if (bytesSinceMark > pinnedLogBytes() / MARKS) {
      bytesSinceMark = 0;
      marks.addLast(offset);
      if (marks.size() > MARKS) {
        pinnedFrom = marks.removeFirst();
      }
    }
    bytesSeen = bytes;
    keysSeen = keys;
    windowStartSeen = Math.max(heldFrom, pinnedFrom);
  }
}
